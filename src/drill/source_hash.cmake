# Writes drill_source_hash.h: a hash of everything that decides what the physics computes, so that a
# cached result can be told from a stale one. Run at build time:
#   cmake -Dsource=src -Dout=... -P source_hash.cmake
file(GLOB files ${source}/drill/*.h ${source}/drill/*.c)
list(APPEND files ${source}/base/vmath.h ${source}/base/random.h ${source}/base/fn.h)
list(SORT files)
set(all "")
foreach(file ${files})
  file(SHA256 ${file} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 hash "${all}")
string(SUBSTRING ${hash} 0 16 hash)
file(WRITE ${out} "#define IDR_DRILL_SOURCE_HASH \"${hash}\"\n")
