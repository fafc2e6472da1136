/* Lives: what is drawn at their beginning, what is told at their end. */
#include "drill/equipment_internal.h"

#include "drill/pump_wear.h"

/* All numbers are assumed. They were chosen so that parts of a rig come in their known order
 * (expendables of a pump and a motor in weeks, gears in a year) and so that a few hundred
 * well-months in mode degradation see a hundred failures of every kind. Shapes: wear ages sharply
 * (2.5), bearings fail by fatigue (1.5: usual for rolling bearings), the rest between.
 *               hours of operation at nominal load, which is
 *   pumps        25 MPa, 60 strokes a minute, mud with 6 % solids
 *   top drive    15 kN m at 120 rpm without stick-slip
 *   drawworks    800 kN at 0.4 m/s; hours in which the block moves
 *   motor        half the stall torque at 120 rpm, below 110 degC */
const idr_machine_law idr_machine_laws[IDR_MACHINE_COUNT] = {
    /* name, hours, shape, haste, early, repair, spread */
    [IDR_MACHINE_PUMP_1] = {"mud_pump_1", 1500, 2.5f, 5, 0.25f, 4, 0.4f},
    [IDR_MACHINE_PUMP_2] = {"mud_pump_2", 1500, 2.5f, 5, 0.25f, 4, 0.4f},
    [IDR_MACHINE_PUMP_3] = {"mud_pump_3", 1500, 2.5f, 5, 0.25f, 4, 0.4f},
    [IDR_MACHINE_TOP_DRIVE] = {"top_drive", 6000, 1.5f, 25, 0.25f, 10, 0.4f},
    [IDR_MACHINE_DRAWWORKS] = {"drawworks", 3000, 2.0f, 40, 0.25f, 8, 0.4f},
    [IDR_MACHINE_BIT] = {"bit", 0, 0, 1, 0, 0, 0},
    [IDR_MACHINE_MOTOR] = {"mud_motor", 250, 1.8f, 2, 0.25f, 12, 0.3f},
};

#define CRACK_SHAPE 1.5f /* Weibull, of the strength against cracks: flaws scatter widely */
#define OLDEST      0.8f /* age at the start of a record: up to this part of the hours */
#define PLANNED     0.5  /* part of a repair's time that a replacement takes */

/* ---- how fast ---- */
double idr_machine_haste(const idr_rig_settings *settings, idr_machine machine) {
  if (settings->mode == IDR_RIG_BASIC) return 0.0;
  bool fast = settings->mode == IDR_RIG_DEGRADATION;
  return settings->wear_rate * (fast ? (double)idr_machine_laws[machine].haste : 1.0);
}

double idr_machine_pace(const idr_rig_settings *settings, idr_machine machine) {
  double hours = (double)idr_machine_laws[machine].hours;
  return hours > 0.0 ? idr_machine_haste(settings, machine) / (hours * 3600.0) : 0.0;
}

/* ---- beginning ---- */
/* A Weibull number of scale 1 that is at least `least`: least^k + E is exponential beyond least^k.
 */
static float draw_strength(uint32_t word, float shape, float least) {
  float beyond = -idr_logf(idr_random_uniform(word));
  return idr_powf(idr_powf(least, shape) + beyond, 1.0f / shape);
}

static idr_random4 draw(const idr_rig *rig, int lane, idr_machine machine, uint32_t number) {
  return idr_random_draw((uint64_t)rig->settings.seed, rig->id[lane], (uint32_t)machine,
                         (uint32_t)rig->equipment.life[machine][lane], IDR_PURPOSE_MACHINE, number);
}

/* The crack that a pump of `age` (in characteristic lives) has, and its strength. */
static void begin_crack(idr_rig *rig, int lane, idr_machine machine, float age, uint32_t word) {
  idr_equipment *e = &rig->equipment;
  int pump = (int)machine - IDR_MACHINE_PUMP_1;
  float strokes = idr_machine_laws[machine].hours * 3600.0f * IDR_PUMP_RATE;
  float gone = age * strokes / idr_crack_strokes(IDR_PUMP_PRESSURE);
  e->crack_strength[pump][lane] = draw_strength(word, CRACK_SHAPE, gone);
  e->crack[pump][lane] = (double)(gone / e->crack_strength[pump][lane]);
}

void idr_machine_begin(idr_rig *rig, int lane, idr_machine machine, bool first) {
  idr_equipment *e = &rig->equipment;
  const idr_machine_law *law = &idr_machine_laws[machine];
  double pace = idr_machine_pace(&rig->settings, machine);
  idr_random4 r = draw(rig, lane, machine, 0), s = draw(rig, lane, machine, 1);
  e->begin[machine][lane] = rig->second[lane];
  e->used[machine][lane] = e->age[machine][lane] = e->retire[machine][lane] = 0.0;
  if (law->hours > 0.0f) {
    float age = first && pace > 0.0 ? OLDEST * idr_random_uniform(r.word[0]) : 0.0f;
    e->strength[machine][lane] = draw_strength(r.word[1], law->shape, age);
    e->used[machine][lane] = (double)(age / e->strength[machine][lane]);
    double retire = 0.5 + 0.5 * (double)idr_random_uniform(r.word[3]);
    bool early = idr_random_uniform(r.word[2]) < law->early && retire > (double)age;
    if (pace > 0.0) e->age[machine][lane] = (double)age / pace;
    if (pace > 0.0 && early) e->retire[machine][lane] = retire / pace;
    if (machine <= IDR_MACHINE_PUMP_3) begin_crack(rig, lane, machine, age, s.word[0]);
  }
  e->hours[machine][lane] = e->age[machine][lane];
}

/* ---- end ---- */
static void tell(const idr_rig *rig, int lane, idr_machine machine, idr_life_state state,
                 int64_t end) {
  const idr_equipment *e = &rig->equipment;
  idr_life_record record = {.machine = (int32_t)machine,
                            .life = e->life[machine][lane],
                            .begin = e->begin[machine][lane],
                            .end = end,
                            .hours = e->hours[machine][lane] / 3600.0,
                            .age = e->age[machine][lane] / 3600.0,
                            .state = (int32_t)state};
  if (rig->sink.life) rig->sink.life(rig->sink.context, lane, &record);
}

/* Seconds that a repair takes: log-normal. */
static int32_t repair_time(const idr_rig *rig, int lane, idr_machine machine, idr_life_state why) {
  const idr_machine_law *law = &idr_machine_laws[machine];
  idr_random4 r = draw(rig, lane, machine, 2);
  float normal[2];
  idr_random_normal2(r.word[0], r.word[1], normal);
  double hours = (double)(law->repair * idr_expf(law->spread * normal[0]));
  if (why == IDR_LIFE_REPLACED) hours *= PLANNED;
  return 1 + (int32_t)(3600.0 * hours);
}

void idr_machine_end(idr_rig *rig, int lane, idr_machine machine, idr_life_state state,
                     int64_t end) {
  tell(rig, lane, machine, state, end);
  if (idr_machine_laws[machine].hours > 0.0f)
    rig->equipment.down[machine][lane] = repair_time(rig, lane, machine, state);
}

void idr_machine_censor(idr_rig *rig, int lane, idr_machine machine, int64_t end) {
  tell(rig, lane, machine, IDR_LIFE_CENSORED, end);
}
