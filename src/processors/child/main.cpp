// notifications-api-processor: the sandboxed child. Started by the service, not by people.

#include <cstddef>
#include <span>
#include <string_view>

#include <unistd.h>

#include "processors/child/loop.hpp"
#include "processors/child/registry.hpp"
#include "processors/document_markdown/text_recognition.hpp"

int main(int argc, char** argv) {
    const auto options =
        notify::ParseChildOptions(std::span(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0));
    if (!options) {
        static constexpr std::string_view kUsage =
            "notifications-api-processor is started by notifications-api; see docs/child-protocol.md\n";
        static_cast<void>(::write(STDERR_FILENO, kUsage.data(), kUsage.size()));
        return 2;
    }
    notify::document::OpenLanguages();
    notify::RunChild(*options, notify::RegisteredProcessors());
}
