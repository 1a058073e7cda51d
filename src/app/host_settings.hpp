#pragma once

// From settings to what the processor host needs.

#include "app/settings.hpp"
#include "processors/host/host.hpp"

namespace notify {

[[nodiscard]] inline HostSettings MakeHostSettings(const Settings& settings) {
    HostSettings host{
        .program = settings.processor_program,
        .model_folder = settings.model_folder,
        .library_folder = {},
        .precision = settings.model_precision,
        .limits = {},
    };
    host.limits.resident_bytes = settings.processor_memory_mib << 20U;
    host.limits.idle = settings.processor_idle;
    return host;
}

}  // namespace notify
