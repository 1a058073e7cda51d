// notifications-api people show, seen, explain

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/crop_files.hpp"
#include "app/commands/printing.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::value;

/// One picture into --folder; nothing where none is kept, or none was asked for.
Result<void> Write(CommandLine& line, const value& crop, const std::string& name) {
    if (line.words.folder.empty() || crop.is_null()) {
        return {};
    }
    return WriteCrop(line, std::string(crop.as_string()), name).map([&](const std::filesystem::path& path) {
        if (!line.AsJson()) {
            fmt::print("{}\n", path.string());
        }
    });
}

/// The enrolled faces in the list, called by the photo's id, which is the row's `id`.
Result<void> WriteEnrolled(CommandLine& line, const array& photos, std::string_view id) {
    Result<void> written;
    for (const auto* photo = photos.begin(); written && photo != photos.end(); ++photo) {
        written = Write(line, photo->at("crop"), Shown(*photo, id));
    }
    return written;
}

Result<void> ShowPerson(CommandLine& line) {
    const auto person = line.Call("GET", "/v1/people/" + PercentEncoded(line.words.id), nullptr);
    if (!person) {
        return Unexpected(person.error());
    }
    line.Show(*person, PrintDocument);
    return WriteEnrolled(line, person->at("photos").as_array(), "id");
}

/// The enrolled faces that were nearest, and those of the appearance, called by its id.
Result<void> Explain(CommandLine& line) {
    const auto target = fmt::format("/v1/appearances/{}/explain", PercentEncoded(line.words.id));
    const auto why = line.Call("GET", target, nullptr);
    if (!why) {
        return Unexpected(why.error());
    }
    line.Show(*why, PrintDocument);
    auto written = WriteEnrolled(line, why->at("exemplars").as_array(), "photo");
    std::size_t number = 0;
    const auto& crops = why->at("crops").as_array();
    for (const auto* crop = crops.begin(); written && crop != crops.end(); ++crop) {
        written = Write(line, *crop, fmt::format("{}-{}", line.words.id, ++number));
    }
    return written;
}

Result<void> ListSeen(CommandLine& line) {
    const auto& words = line.words;
    auto target = "/v1/appearances?person=" + PercentEncoded(words.id);
    for (const auto& [name, text] :
         {std::pair("with", &words.other),
          std::pair("bucket", &words.bucket),
          std::pair("since", &words.since),
          std::pair("until", &words.until)}) {
        if (!text->empty()) {
            target += fmt::format("&{}={}", name, PercentEncoded(*text));
        }
    }
    if (words.unconfirmed) {
        target += "&state=unconfirmed";
    }
    return line.ShowAll(target, [](const value& answer) {
        PrintTable(
            answer,
            {"id", "item", "person_name", "state", "start_ms", "end_ms", "start_timecode"},
            "seen nowhere"
        );
    });
}

}  // namespace

void AddFaceCommands(CLI::App& group, CommandLine& line) {
    auto& words = line.words;
    const auto folder = [&](CLI::App& command) {
        command.add_option("--folder", words.folder, "Where pictures of the faces are written");
    };
    auto& show = line.Add(group, "show", "One person, with the ids of the photos", [&line] {
        return ShowPerson(line);
    });
    show.add_option("person", words.id, "Id or name")->required();
    folder(show);
    auto& seen = line.Add(group, "seen", "Where a person is seen, alone or together with another", [&line] {
        return ListSeen(line);
    });
    seen.add_option("person", words.id, "Id or name")->required();
    seen.add_option("--with", words.other, "Only while this person is seen too: id or name");
    seen.add_option("--bucket", words.bucket, "Only in items of this bucket: id or name");
    seen.add_option("--since", words.since, "Only in items discovered then (RFC 3339) or later");
    seen.add_option("--until", words.until, "Only in items discovered before this time (RFC 3339)");
    seen.add_flag("--unconfirmed", words.unconfirmed, "Only what nobody has confirmed");
    auto& why =
        line.Add(group, "explain", "Why an appearance has its name", [&line] { return Explain(line); });
    why.add_option("appearance", words.id, "Its id: people seen and items show list them")->required();
    folder(why);
}

}  // namespace notify
