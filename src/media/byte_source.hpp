#pragma once

// Media is read through core's ByteSource; this file only says so.

#include "core/byte_source.hpp"       // IWYU pragma: export
#include "core/file_byte_source.hpp"  // IWYU pragma: export
