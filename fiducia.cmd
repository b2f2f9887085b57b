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

rem The command's first two words and its precision, wherever options stand, as in the file "fiducia".
set "WORD1=none"
set "WORD2="
set "PRECISION="
set "VALUE_OF="
for %%A in (%*) do call :word "%%~A"
if /i "!PRECISION:~0,4!"=="bf16" set "PRECISION=bf16"

rem The first row of the table that fits; the table explains itself. Columns are separated by tabs.
set "TABLE=%ROOT%config\launch.tsv"
if not exist "%TABLE%" (
  echo error: the table of start options is missing 1>&2
  echo where: %TABLE% 1>&2
  echo try:   unpack the release again 1>&2
  exit /b 1
)
set "CHOSEN="
set "JVM="
for /f "usebackq eol=# tokens=1-6 delims=	" %%a in ("%TABLE%") do if not defined CHOSEN (
  set "FITS="
  if "%%a"=="every" for /f "tokens=1-4" %%p in ("%%f") do (
    call :default "%%p"
    call :default "%%q"
    call :default "%%r"
    call :default "%%s"
  )
  if "%%a"=="*" set "FITS=yes"
  if "%%a"=="!WORD1!" set "FITS=yes"
  if "%%a"=="!WORD1! !WORD2!" set "FITS=yes"
  if not "%%b"=="-" if not "%%b"=="--precision=!PRECISION!" set "FITS="
  if defined FITS (
    set "CHOSEN=yes"
    set "HEAP=%%c"
    if "!HEAP:~-1!"=="%%" (set "JVM=-XX:MaxRAMPercentage=!HEAP:~0,-1!") else set "JVM=-Xmx!HEAP!"
    if not "%%d"=="-" set "JVM=!JVM! %%d"
    if not "%%e"=="-" set "JVM=!JVM! %%e"
    if not "%%f"=="-" for /f "tokens=1-4" %%p in ("%%f") do (
      call :default "%%p"
      call :default "%%q"
      call :default "%%r"
      call :default "%%s"
    )
  )
)

"%HOME_FOUND%\bin\java" %JVM% -Xlog:disable "-Dfiducia.launch=%TABLE%" -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 %FIDUCIA_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%

:word
if "!VALUE_OF!"=="precision" set "PRECISION=%~1"
if defined VALUE_OF (
  set "VALUE_OF="
  exit /b 0
)
set "WORD=%~1"
rem "for" splits words at = too, so that --precision=bf16 arrives as two words.
for %%O in (--threads --device -device --seed) do if "!WORD!"=="%%O" set "VALUE_OF=other"
if "!WORD!"=="--precision" set "VALUE_OF=precision"
if "!WORD:~0,1!"=="-" exit /b 0
if "!WORD1!"=="none" (
  set "WORD1=!WORD!"
) else if not defined WORD2 set "WORD2=!WORD!"
exit /b 0

:default
rem Sets a variable that the user has not set, given as NAME=VALUE.
if "%~1"=="" exit /b 0
for /f "tokens=1,2 delims==" %%x in ("%~1") do if not defined %%x set "%%x=%%y"
exit /b 0

:consider
rem The file "release" names the version, which is quicker than starting Java to ask.
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "tokens=2 delims==" %%V in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
  set "VERSION=%%~V"
  for /f "tokens=1 delims=." %%M in ("!VERSION!") do if %%M GEQ 21 set "HOME_FOUND=%~1"
)
exit /b 0
