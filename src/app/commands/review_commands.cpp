// notifications-api people review, search

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/crop_files.hpp"
#include "app/commands/printing.hpp"
#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

constexpr std::size_t kMaxPicture = 32U << 20U;

std::string Percent(const value& probability) {
    return fmt::format("{:.0f} %", probability.to_number<double>() * 100);
}

/// "Ada (92 %), Bo (11 %)"; empty without anybody.
std::string Candidates(const value& question) {
    std::string text;
    for (const auto& candidate : question.at("candidates").as_array()) {
        text += fmt::format(
            "{}{} ({})",
            text.empty() ? "" : ", ",
            Shown(candidate, "name"),
            Percent(candidate.at("probability"))
        );
    }
    return text;
}

/// Writes the crops of a question beside each other and says where.
Result<void> WriteCrops(CommandLine& line, const value& question, std::size_t number) {
    if (line.words.folder.empty()) {
        return {};
    }
    std::size_t written = 0;
    for (const auto& crop : question.at("crops").as_array()) {
        const auto path =
            WriteCrop(line, std::string(crop.as_string()), fmt::format("{:03}-{}", number, ++written));
        if (!path) {
            return Unexpected(path.error());
        }
        fmt::print("  {}\n", path->string());
    }
    return {};
}

/// How many faces an answer settles, where it is more than what is shown.
void PrintSettled(const value& question) {
    const auto more = question.at("faces").as_int64() -
                      static_cast<std::int64_t>(question.at("appearances").as_array().size());
    if (more > 0) {
        fmt::print("  an answer settles {} faces\n", question.at("faces").as_int64());
    }
}

void PrintQuestion(const value& question, std::size_t number, std::size_t count) {
    const auto name = Shown(question, "name");
    fmt::print(
        "{} of {}: {}\n", number, count, name.empty() ? "who is this?" : fmt::format("is this {}?", name)
    );
    for (const auto& appearance : question.at("appearances").as_array()) {
        fmt::print(
            "  {} in {} from {} to {} ms\n",
            Shown(appearance, "id"),
            Shown(appearance, "item"),
            Shown(appearance, "start_ms"),
            Shown(appearance, "end_ms")
        );
    }
    PrintSettled(question);
    if (const auto candidates = Candidates(question); !candidates.empty()) {
        fmt::print("  nearest: {}\n", candidates);
    }
}

/// What somebody called `name` is to an answer: the edit that says so. A name that nobody has makes a person.
Result<value> NameThem(CommandLine& line, const value& question, const std::string& name) {
    auto known = line.Call("GET", "/v1/people/" + PercentEncoded(name), nullptr);
    if (!known && known.error().code != ErrorCode::kNotFound) {
        return known;
    }
    const auto& asked = question.at("person");
    if (Shown(question, "name").empty()) {
        return known ? line.Call(
                           "POST", "/v1/edits", object{{"kind", "merge"}, {"person", name}, {"other", asked}}
                       )
                     : line.Call(
                           "POST", "/v1/edits", object{{"kind", "rename"}, {"person", asked}, {"name", name}}
                       );
    }
    const auto& faces = question.at("settles");
    return known ? line.Call(
                       "POST",
                       "/v1/edits",
                       object{{"kind", "confirm"}, {"person", name}, {"appearances", faces}}
                   )
                 : line.Call(
                       "POST",
                       "/v1/edits",
                       object{{"kind", "split"}, {"person", asked}, {"name", name}, {"appearances", faces}}
                   );
}

/// The edit that an answer makes, or the skip.
Result<value> Answered(CommandLine& line, const value& question, const std::string& answer) {
    const bool proposed = !Shown(question, "name").empty();
    const auto edit = [&](std::string_view kind) {
        object body{{"kind", kind}};
        if (proposed) {
            body["appearances"] = question.at("settles");
        }
        if (!proposed || kind != "unknown") {
            body["person"] = question.at("person");
        }
        return line.Call("POST", "/v1/edits", body);
    };
    if (answer.empty() || answer == "s") {
        return line.Call("POST", fmt::format("/v1/review/{}/skip", Shown(question, "id")), nullptr);
    }
    if (answer == "u") {
        return edit("unknown");
    }
    if (proposed && answer == "y") {
        return edit("confirm");
    }
    if (proposed && answer == "n") {
        return edit("reject");
    }
    if (answer.size() > 1) {
        return NameThem(line, question, answer);
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        proposed ? "answer y (yes), n (no), u (nobody known), a name, s (skip) or q (quit)"
                 : "answer with a name, u (nobody known), s (skip) or q (quit)"
    );
}

/// Asks until there is an answer that can be made, or what is asked about is gone; false: no more.
bool AskOne(CommandLine& line, const value& question, int& answered) {
    while (true) {
        fmt::print("{} ", Shown(question, "name").empty() ? "[name/u/s/q]" : "[y/n/u/name/s/q]");
        std::cout.flush();
        std::string answer;
        if (!std::getline(std::cin, answer) || answer == "q") {
            return false;
        }
        const auto edit = Answered(line, question, answer);
        if (!edit && edit.error().code == ErrorCode::kNotFound) {
            fmt::print("{}: the question is out of date and left out\n", edit.error().message);
            return true;
        }
        if (!edit) {
            fmt::print("{}\n", edit.error().message);
            const bool merges = answer.size() > 1 && Shown(question, "name").empty();
            if (merges && edit.error().code == ErrorCode::kConflict) {
                fmt::print(
                    "  notifications-api people merge \"{}\" {} --anyway\n", answer, Shown(question, "person")
                );
            }
            continue;
        }
        if (edit->as_object().contains("until")) {
            fmt::print("skipped until {}\n", Shown(*edit, "until"));
            return true;
        }
        ++answered;
        fmt::print("noted; to undo it: notifications-api people undo {}\n", Shown(*edit, "id"));
        return true;
    }
}

/// What there was besides, as of the beginning.
void PrintOpen(const value& answer) {
    const auto count = [&](const char* what, const char* one, const char* many) {
        return Counted(std::to_string(answer.at(what).as_int64()), one, many);
    };
    fmt::print(
        "open when it began: {}, {}; skipped by you before: {}\n",
        count("proposals", "proposal", "proposals"),
        count("unknown", "person without a name", "people without a name"),
        count("skipped", "question", "questions")
    );
}

Result<void> Review(CommandLine& line) {
    const auto answer = line.Call("GET", fmt::format("/v1/review?limit={}", line.words.limit), nullptr);
    if (!answer || line.AsJson()) {
        return answer.map([&](const value& shown) { line.Show(shown, PrintDocument); });
    }
    const auto& questions = answer->at("rows").as_array();
    if (questions.empty() && answer->at("skipped").as_int64() == 0) {
        fmt::print("nothing is open: every face has a name, or is seen too seldom to ask about\n");
    }
    int answered = 0;
    std::size_t number = 0;
    for (const auto& question : questions) {
        PrintQuestion(question, ++number, questions.size());
        if (auto written = WriteCrops(line, question, number); !written) {
            return written;
        }
        if (!AskOne(line, question, answered)) {
            break;
        }
    }
    fmt::print("{} answered\n", Counted(std::to_string(answered), "question", "questions"));
    PrintOpen(*answer);
    return {};
}

Result<void> SearchPicture(CommandLine& line) {
    const auto bytes = ReadFile(line.words.path, kMaxPicture);
    if (!bytes) {
        return Unexpected(bytes.error());
    }
    const object body{{"base64", ToBase64(*bytes)}};
    return line.Ask("POST", "/v1/faces/search", body, [](const value& answer) {
        const auto& faces = answer.at("rows").as_array();
        if (faces.empty()) {
            fmt::print("no face in it\n");
        }
        int number = 0;
        for (const auto& face : faces) {
            const auto& person = face.at("person");
            fmt::print(
                "face {}: {}\n",
                ++number,
                person.is_null() ? std::string("nobody who is known")
                                 : fmt::format(
                                       "{} ({}, {})",
                                       Shown(person, "name"),
                                       Shown(face, "certainty"),
                                       Percent(person.at("probability"))
                                   )
            );
            for (const auto& seen : face.at("seen").as_array()) {
                for (const auto& item : seen.at("items").as_array()) {
                    fmt::print(
                        "  seen in {} from {} to {} ms, {:.2f} away\n",
                        std::string_view(item.as_string()),
                        Shown(seen, "start_ms"),
                        Shown(seen, "end_ms"),
                        seen.at("distance").to_number<double>()
                    );
                }
            }
        }
    });
}

}  // namespace

void AddReviewCommands(const CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = *app.get_subcommand("people");
    auto& review = line.Add(group, "review", "Look at faces that nobody has confirmed or named", [&line] {
        return Review(line);
    });
    review.add_option("--folder", words.folder, "Where pictures of the faces are written");
    review.add_option("--limit", words.limit, "How many questions, 1 to 100 (50)")->check(CLI::Range(1, 100));
    line.Add(
            group,
            "search",
            "Who is in a picture, and where they were seen",
            [&line] { return SearchPicture(line); }
    )
        .add_option("picture", words.path, "An image file")
        ->required();
}

}  // namespace notify
