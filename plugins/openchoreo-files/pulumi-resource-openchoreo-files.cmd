@echo off
rem Starts the files provider of OpenChoreo for the Pulumi engine, on Windows.
rem The file beside this one, without .cmd, says which Python is looked for, and why.
setlocal
for %%I in ("%~dp0..\..") do set "root=%%~fI"
set "virtualenv=%PULUMI_RUNTIME_VIRTUALENV%"
if not defined virtualenv set "virtualenv=.venv"
if exist "%root%\openchoreo\provider\" set "PYTHONPATH=%root%;%PYTHONPATH%"
set "complete=import importlib.util as i, openchoreo.provider; assert i.find_spec('grpc') and i.find_spec('pulumi')"
for %%P in (
    "%root%\.venv\Scripts\python.exe"
    "%virtualenv%\Scripts\python.exe"
    "%VIRTUAL_ENV%\Scripts\python.exe"
    python.exe
) do (
    %%P -P -c "%complete%" >nul 2>nul && (
        %%P -P -m openchoreo.provider %*
        exit /b
    )
)
echo openchoreo-files: no Python with the openchoreo package was found in %root%\.venv, %virtualenv%, the active environment or on PATH; install openchoreo into the virtualenv of Pulumi.yaml 1>&2
exit /b 1
