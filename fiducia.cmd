@echo off
rem Starts Fiducia on Windows, as the file "fiducia" does elsewhere. Written beside it, not tested.
setlocal EnableDelayedExpansion
set "ROOT=%~dp0"
set "HOME_FOUND="

if defined FIDUCIA_JAVA_HOME call :consider "%FIDUCIA_JAVA_HOME%"
if not defined HOME_FOUND if defined JAVA_HOME call :consider "%JAVA_HOME%"
for %%P in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%USERPROFILE%\.jdks") do (
  if not defined HOME_FOUND if exist "%%~P" for /d %%D in ("%%~P\*") do if not defined HOME_FOUND call :consider "%%~D"
)
if not defined HOME_FOUND (
  echo error: no Java 21 or newer was found 1>&2
  echo try:   install one, for example from https://adoptium.net, or set JAVA_HOME 1>&2
  exit /b 1
)

if exist "%ROOT%pom.xml" (
  set "JAR=%ROOT%app\target\fiducia.jar"
  if not exist "!JAR!" (
    echo building Fiducia ^(once; the first time also downloads its libraries^) ... 1>&2
    pushd "%ROOT%"
    set "JAVA_HOME=%HOME_FOUND%"
    call mvn -q -DskipTests -Dspotless.check.skip=true package 1>&2
    popd
  )
) else (
  set "JAR=%ROOT%fiducia.jar"
)
if not exist "%JAR%" (
  echo error: Fiducia is not built 1>&2
  echo try:   install Maven 3.8 or newer and run this again 1>&2
  exit /b 1
)

"%HOME_FOUND%\bin\java" -XX:MaxRAMPercentage=40 -XX:+UseParallelGC -Xlog:disable -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 %FIDUCIA_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%

:consider
rem The file "release" names the version, which is quicker than starting Java to ask.
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "tokens=2 delims==" %%V in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
  set "VERSION=%%~V"
  for /f "tokens=1 delims=." %%M in ("!VERSION!") do if %%M GEQ 21 set "HOME_FOUND=%~1"
)
exit /b 0
