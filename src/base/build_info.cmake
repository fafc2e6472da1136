# Writes build_info.h. Run at build time (cmake -P), because a commit does not re-configure:
#   cmake -Dsource=... -Dout=... -Dversion=... -Dcompiler=... -Dflags=... -Darch=... -Dtype=...
#         -Dsanitize=... -Dcuda=... -P build_info.cmake
set(git "unknown")
find_program(git_program git)
if(git_program)
  # Without optional locks a build never stands in the way of a commit.
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env GIT_OPTIONAL_LOCKS=0
            ${git_program} describe --always --dirty --abbrev=12 --exclude=*
    WORKING_DIRECTORY ${source}
    OUTPUT_VARIABLE answer RESULT_VARIABLE result ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(result EQUAL 0 AND answer MATCHES "^[0-9a-f]+(-dirty)?$")
    set(git "${answer}")
  endif()
endif()
string(REPLACE "\\" "\\\\" flags "${flags}")
string(REPLACE "\"" "\\\"" flags "${flags}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/build_info.h.in ${out} @ONLY)
