# Every library the project links, found in one place. Versions, licences and reasons: docs/dependencies.md.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url context)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(PostgreSQL 15 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(date 3 REQUIRED)
pkg_check_modules(
    FFMPEG
    REQUIRED
    IMPORTED_TARGET
    libavformat
    libavcodec
    libavutil
    libswscale
)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)
pkg_check_modules(LIBARCHIVE REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(TESSERACT REQUIRED IMPORTED_TARGET tesseract lept)
set(NOTIFY_TESSDATA
    "/usr/share/tesseract-ocr/5/tessdata"
    CACHE PATH
    "Folder of the languages of OCR, as Debian installs them"
)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
add_library(PDFium SHARED IMPORTED)
set_target_properties(
    PDFium
    PROPERTIES IMPORTED_LOCATION "${NOTIFY_DEPS}/pdfium/libpdfium.so"
)
find_package(
    OpenVINO
    2026.4.1
    EXACT
    REQUIRED
    COMPONENTS Runtime
    PATHS "${NOTIFY_DEPS}/openvino/cmake"
    NO_DEFAULT_PATH
)
