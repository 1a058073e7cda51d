#include "unit/delivery/exports.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "core/json.hpp"

namespace notify::testing {

PublishedFacts SomeFacts() {
    PublishedFacts facts;
    facts.item.id = ItemId("itm_1");
    facts.item.key = "day1/clip.mp4";
    facts.bucket = "inbox";
    facts.looked = true;
    facts.media = {
        .media_type = "video/mp4",
        .duration_ms = 60'000,
        .width = 1920,
        .height = 1080,
        .timebase = {.rate = {.numerator = 25}, .start = 900'000}
    };
    return facts;
}

Appearance Seen(
    const PublishedFacts& facts, std::string_view name, std::int64_t start_ms, std::int64_t end_ms
) {
    Appearance seen;
    seen.item_id = facts.item.id;
    seen.person_id = PersonId(fmt::format("per_{}", name.size()));
    seen.person_name = name;
    seen.start_ms = start_ms;
    seen.end_ms = end_ms;
    seen.best_shot_ms = start_ms;
    seen.similarity = 97.5;
    seen.box = {.x = 10, .y = 20, .width = 64, .height = 80};
    seen.timebase = facts.media.timebase;
    return seen;
}

boost::json::value ReadExport(std::string_view format, std::string_view text) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("export-{}", ::getpid());
    std::ofstream(path, std::ios::binary) << text;
    const auto command = fmt::format(
        "'{}' '{}/read_export.py' {} '{}'", NOTIFY_PYTHON, NOTIFY_TEST_FOLDER, format, path.string()
    );
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), &::pclose);
    std::string read;
    std::array<char, 4096> part{};
    while (std::fgets(part.data(), static_cast<int>(part.size()), output.get()) != nullptr) {
        read += part.data();
    }
    std::filesystem::remove(path);
    return ParseJson(read).value();
}

}  // namespace notify::testing
