// What is written to an asset, with the fake Iconik.

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "sources/iconik/faults.hpp"
#include "sources/iconik/jobs.hpp"
#include "sources/iconik/standing.hpp"
#include "sources/iconik/timeline.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kView = "55555555-5555-4555-8555-555555555555";

/// A timeline of people "A", "B", … from 0 on, a second each.
std::string TimelineOf(const std::vector<std::string>& names) {
    boost::json::array appearances;
    for (std::size_t i = 0; i < names.size(); ++i) {
        appearances.push_back(
            boost::json::object{
                {"person", fmt::format("per_{}", i)},
                {"name", names[i]},
                {"certainty", "confirmed"},
                {"start_ms", i * 1000},
                {"end_ms", i * 1000 + 900}
            }
        );
    }
    return ToJsonText(boost::json::object{{"looked", true}, {"appearances", appearances}});
}

std::string StandingOf(
    std::string_view status, std::string_view process = "prc_1", std::string_view why = ""
) {
    return ToJsonText(
        boost::json::object{
            {"status", status},
            {"reason", ""},
            {"processes",
             boost::json::array{boost::json::object{
                 {"process", process},
                 {"processor", "facial-recognition"},
                 {"run", 1},
                 {"status", status},
                 {"message", why}
             }}}
        }
    );
}

class WritingTest : public IconikTest {
protected:
    WritingTest() {
        Make(Original("media"));
        to_ = {.asset = std::string(kAsset), .version = {}};
    }

    Result<void> Write(const std::string& timeline, bool tried = false) {
        to_.tried = tried;
        return WriteTimeline(client_, writing_, to_, timeline, {});
    }

    Result<void> Stand(const std::string& standing) {
        return WriteStanding(client_, writing_, {.asset = to_.asset}, standing, {});
    }

    boost::json::array Rows(std::string_view path) {
        const auto answer = client_.Send(
            {.path = std::string(path), .query = "per_page=100&include_all_versions=true", .what = "rows"}, {}
        );
        EXPECT_TRUE(answer.has_value()) << (answer ? "" : answer.error().message);
        return answer ? answer->at("objects").as_array() : boost::json::array();
    }

    boost::json::array Segments() { return Rows(fmt::format("assets/v1/assets/{}/segments/", kAsset)); }

    std::multimap<std::string, std::int64_t> Names() {
        std::multimap<std::string, std::int64_t> names;
        for (const auto& row : Segments()) {
            names.emplace(
                row.at("segment_text").as_string(),
                row.at("time_start_milliseconds").to_number<std::int64_t>()
            );
        }
        return names;
    }

    boost::json::array Jobs() { return Rows("jobs/v1/jobs/"); }

    /// How many requests were no GET.
    std::int64_t Writes() {
        std::int64_t sum = 0;
        const auto seen = fake_.Seen();
        for (const auto& [what, count] : seen.at("writes").as_object()) {
            sum += count.to_number<std::int64_t>();
        }
        return sum;
    }

    std::string Field(const std::string& name) {
        return std::string(client_.Send(GetAssetRequest(), {}).value().at(name).as_string());
    }

    Writing writing_;
    Written to_;
};

TEST_F(WritingTest, PutsNamesOnTheTimelineAndWritesNothingWhenTheyAreThere) {
    ASSERT_TRUE(Write(TimelineOf({"Ada", "Grace"})).has_value());
    EXPECT_EQ(Names(), (std::multimap<std::string, std::int64_t>{{"Ada", 0}, {"Grace", 1000}}));
    EXPECT_EQ(Segments().at(0).at("segment_track").as_string(), "Facial Recognition");
    EXPECT_EQ(Segments().at(0).at("segment_type").as_string(), "GENERIC");
    const auto before = Writes();
    ASSERT_TRUE(Write(TimelineOf({"Ada", "Grace"})).has_value());
    EXPECT_EQ(Writes(), before);
}

TEST_F(WritingTest, WritesOnlyTheSegmentsThatDiffer) {
    ASSERT_TRUE(Write(TimelineOf({"Ada", "Grace", "Alan"})).has_value());
    const auto before = Writes();
    ASSERT_TRUE(Write(TimelineOf({"Ada", "Grace Hopper"})).has_value());
    EXPECT_EQ(Names(), (std::multimap<std::string, std::int64_t>{{"Ada", 0}, {"Grace Hopper", 1000}}));
    EXPECT_EQ(Writes(), before + 2) << "one is changed, one is removed";
}

TEST_F(WritingTest, LeavesSegmentsOfOthersAlone) {
    const auto theirs = client_.Send(
        {.method = "POST",
         .path = fmt::format("assets/v1/assets/{}/segments/", kAsset),
         .query = {},
         .body =
             boost::json::object{
                 {"segment_type", "GENERIC"}, {"segment_text", "theirs"}, {"time_start_milliseconds", 5}
             },
         .what = "a segment"},
        {}
    );
    ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
    ASSERT_TRUE(Write(TimelineOf({"Ada"})).has_value());
    ASSERT_TRUE(Write(TimelineOf({})).has_value());
    EXPECT_EQ(Names(), (std::multimap<std::string, std::int64_t>{{"theirs", 5}}));
}

TEST_F(WritingTest, WritesMoreThanABulkHolds) {
    std::vector<std::string> names(1201, "Ada");
    ASSERT_TRUE(Write(TimelineOf(names)).has_value());
    EXPECT_EQ(fake_.Seen().at("counts").at("segments").to_number<std::int64_t>(), 1201);
    ASSERT_TRUE(Write(TimelineOf({})).has_value());
    EXPECT_TRUE(Segments().empty());
}

TEST_F(WritingTest, DoesNotWriteTwiceWhatWasMadeAlthoughIconikSaidThatItWasNot) {
    fake_.Set(
        R"({"faults": [{"method": "POST", "path": "segments/bulk", "times": 1, "do": "created", "status": 502}]})"
    );
    const auto uncertain = Write(TimelineOf({"Ada"}));
    ASSERT_FALSE(uncertain);
    EXPECT_EQ(uncertain.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(uncertain.error().reason, kUncertain);
    ASSERT_TRUE(Write(TimelineOf({"Ada"}), true).has_value());
    EXPECT_EQ(Names().size(), 1U);
}

TEST_F(WritingTest, LooksAgainBeforeItAddsWhatAnEarlierTryMayHaveAdded) {
    fake_.Set(R"({"visible_after": 2})");
    ASSERT_TRUE(Write(TimelineOf({"Ada"})).has_value());
    ASSERT_TRUE(Write(TimelineOf({"Ada"}), true).has_value()) << "the service was killed in between";
    EXPECT_EQ(Names().size(), 1U);
}

TEST_F(WritingTest, FillsTheFieldOfTheView) {
    writing_.names_view = kView;
    writing_.names_field = "People";
    const auto values = [&] {
        const auto answer = client_.Send(
            {.path = fmt::format("metadata/v1/assets/{}/views/{}/", kAsset, kView), .what = "names"}, {}
        );
        return ToJsonText(answer.value().at("metadata_values").at("People").at("field_values"));
    };
    ASSERT_TRUE(Write(TimelineOf({"Grace", "Ada"})).has_value());
    EXPECT_EQ(values(), R"([{"value":"Ada"},{"value":"Grace"}])");
    const auto before = Writes();
    ASSERT_TRUE(Write(TimelineOf({"Grace", "Ada"})).has_value());
    EXPECT_EQ(Writes(), before);
    ASSERT_TRUE(Write(TimelineOf({"Grace"})).has_value());
    EXPECT_EQ(values(), R"([{"value":"Grace"}])");
}

TEST_F(WritingTest, LeavesNamesOfOthersInTheFieldWhereItAppends) {
    writing_.names_view = kView;
    writing_.names_field = "People";
    const auto path = fmt::format("metadata/v1/assets/{}/views/{}/", kAsset, kView);
    const auto theirs = ParseJson(
        R"({"metadata_values":{"People":{"field_values":[{"value":"Theirs"}],"mode":"overwrite"}}})"
    );
    ASSERT_TRUE(client_
                    .Send({.method = "PUT", .path = path, .query = {}, .body = *theirs, .what = "names"}, {})
                    .has_value());
    writing_.append_names = true;
    ASSERT_TRUE(Write(TimelineOf({"Ada"})).has_value());
    ASSERT_TRUE(Write(TimelineOf({"Ada Lovelace"})).has_value());
    const auto answer = client_.Send({.path = path, .query = {}, .what = "names"}, {});
    EXPECT_EQ(
        ToJsonText(answer.value().at("metadata_values").at("People").at("field_values")),
        R"([{"value":"Ada Lovelace"},{"value":"Theirs"}])"
    );
}

TEST_F(WritingTest, TakesNamesOutOfTheFieldThatItWroteForAnEarlierVersionButNotThoseOfOthers) {
    writing_.names_view = kView;
    writing_.names_field = "People";
    writing_.append_names = true;
    const auto path = fmt::format("metadata/v1/assets/{}/views/{}/", kAsset, kView);
    const auto theirs = ParseJson(
        R"({"metadata_values":{"People":{"field_values":[{"value":"Theirs"}],"mode":"overwrite"}}})"
    );
    ASSERT_TRUE(client_
                    .Send({.method = "PUT", .path = path, .query = {}, .body = *theirs, .what = "names"}, {})
                    .has_value());
    to_.version = "66666666-6666-4666-8666-666666666666";
    ASSERT_TRUE(Write(TimelineOf({"Ada", "Grace"})).has_value());
    to_.version = "77777777-7777-4777-8777-777777777777";
    ASSERT_TRUE(Write(TimelineOf({"Grace"})).has_value());
    const auto answer = client_.Send({.path = path, .query = {}, .what = "names"}, {});
    EXPECT_EQ(
        ToJsonText(answer.value().at("metadata_values").at("People").at("field_values")),
        R"([{"value":"Grace"},{"value":"Theirs"}])"
    );
    EXPECT_EQ(Segments().size(), 3U) << "what was found in the earlier version stays on its timeline";
}

TEST_F(WritingTest, LeavesAloneWhatAnotherSourceOrInstallationWrote) {
    writing_.owner = "src_other";
    ASSERT_TRUE(Write(TimelineOf({"Grace", "Alan"})).has_value());
    ASSERT_TRUE(Stand(StandingOf("Processing", "prc_of_the_other")).has_value());
    writing_.owner = "src_ours";
    ASSERT_TRUE(Write(TimelineOf({"Grace"})).has_value());
    ASSERT_TRUE(Stand(StandingOf("Completed")).has_value());
    EXPECT_EQ(Names().count("Grace"), 2U) << "each its own";
    EXPECT_EQ(Names().count("Alan"), 1U);
    ASSERT_TRUE(Write(TimelineOf({})).has_value());
    EXPECT_EQ(Names().count("Grace"), 1U);
    std::multiset<std::string> statuses;
    for (const auto& job : Jobs()) {
        statuses.emplace(job.at("status").as_string());
    }
    EXPECT_EQ(statuses, (std::multiset<std::string>{"FINISHED", "STARTED"})) << "nobody ends another's job";
}

TEST_F(WritingTest, ShowsTheStatusInTheFieldAndInAJob) {
    const std::vector<std::pair<std::string, std::string>> steps{
        {"Pending", "REQUESTED WAITING"},
        {"Processing", "IN_PROGRESS STARTED"},
        {"Completed", "DONE FINISHED"}
    };
    for (const auto& [status, shown] : steps) {
        ASSERT_TRUE(Stand(StandingOf(status)).has_value());
        ASSERT_EQ(Jobs().size(), 1U);
        EXPECT_EQ(
            fmt::format("{} {}", Field("analyze_status"), std::string(Jobs().at(0).at("status").as_string())),
            shown
        );
    }
    const auto job = Jobs().at(0);
    EXPECT_EQ(job.at("type").as_string(), "CUSTOM");
    EXPECT_EQ(job.at("custom_type").as_string(), "facial-recognition");
    EXPECT_EQ(job.at("title").as_string(), "facial-recognition: clip.mp4");
    EXPECT_EQ(job.at("progress").to_number<int>(), 100);
    const auto history = Rows(fmt::format("assets/v1/assets/{}/history/", kAsset));
    ASSERT_EQ(history.size(), 1U);
    EXPECT_EQ(
        history.at(0).at("operation_description").as_string(),
        "Notifications API: Completed; facial-recognition Completed (prc_1)"
    );
    const auto before = Writes();
    ASSERT_TRUE(Stand(StandingOf("Completed")).has_value());
    EXPECT_EQ(Writes(), before);
}

TEST_F(WritingTest, TellsWhyAProcessFailedAndEndsTheJobOfAnEarlierRun) {
    ASSERT_TRUE(Stand(StandingOf("Processing", "prc_1")).has_value());
    ASSERT_TRUE(Stand(StandingOf("Failed", "prc_2", "it has no end")).has_value());
    std::map<std::string, std::string> shown;
    for (const auto& job : Jobs()) {
        const auto process = std::string(job.at("metadata").at("notifications_process").as_string());
        shown[process] = std::string(job.at("status").as_string());
        if (process == "prc_2") {
            EXPECT_EQ(job.at("error_message").as_string(), "it has no end");
        }
    }
    EXPECT_EQ(shown, (std::map<std::string, std::string>{{"prc_1", "SKIPPED"}, {"prc_2", "FAILED"}}));
    EXPECT_EQ(Field("analyze_status"), "FAILED");
}

TEST_F(WritingTest, MakesAJobOnceAlthoughIconikSaidThatItWasNotMade) {
    fake_.Set(
        R"({"faults": [{"method": "POST", "path": "jobs", "times": 1, "do": "created", "status": 500}]})"
    );
    EXPECT_EQ(Stand(StandingOf("Processing")).error().reason, kUncertain);
    ASSERT_TRUE(Stand(StandingOf("Processing")).has_value());
    EXPECT_EQ(Jobs().size(), 1U);
}

TEST_F(WritingTest, ChangesAJobThatIsMadeByAnotherRequestBetweenItsLookAndItsOwn) {
    ASSERT_TRUE(Stand(StandingOf("Processing")).has_value());
    fake_.Set(
        R"({"faults": [{"method": "GET", "path": "jobs/v1/jobs", "times": 1, "do": "status", "status": 200,
            "body": "{\"objects\": [], \"pages\": 1, \"next_url\": null}"}]})"
    );
    const auto stood = Stand(StandingOf("Completed"));
    ASSERT_TRUE(stood.has_value()) << stood.error().message;
    ASSERT_EQ(Jobs().size(), 1U);
    EXPECT_EQ(Jobs().at(0).at("status").as_string(), "FINISHED");
}

TEST_F(WritingTest, SaysThatAFieldIsRefusedAndWritesTheRest) {
    fake_.Set(
        R"({"faults": [{"method": "PATCH", "path": "assets/v1/assets/", "times": 9, "do": "status", "status": 403}]})"
    );
    const auto refused = Stand(StandingOf("Completed"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(refused.error().reason, "status_refused");
    EXPECT_THAT(refused.error().message, HasSubstr("status_field"));
    EXPECT_EQ(Jobs().size(), 1U);
}

TEST_F(WritingTest, SetsTheFieldAndTheJobAlthoughHistoryIsRefused) {
    fake_.Set(
        R"({"faults": [{"method": "POST", "path": "history", "times": 9, "do": "status", "status": 403}]})"
    );
    EXPECT_EQ(Stand(StandingOf("Completed")).error().reason, "access_denied");
    EXPECT_EQ(Field("analyze_status"), "DONE");
    EXPECT_EQ(Jobs().at(0).at("status").as_string(), "FINISHED");
    writing_.jobs = false;
    EXPECT_TRUE(Stand(StandingOf("Completed")).has_value()) << "history goes with the jobs";
}

TEST_F(WritingTest, EndsAJobThatWasMadeTwice) {
    ASSERT_TRUE(Stand(StandingOf("Processing")).has_value());
    const auto job = Jobs().at(0).as_object();
    const boost::json::object twice{
        {"title", "again"},
        {"type", "CUSTOM"},
        {"status", "STARTED"},
        {"object_id", kAsset},
        {"metadata", job.at("metadata")}
    };
    ASSERT_TRUE(
        client_
            .Send(
                {.method = "POST", .path = "jobs/v1/jobs/", .query = {}, .body = twice, .what = "a job"}, {}
            )
            .has_value()
    );
    ASSERT_TRUE(Stand(StandingOf("Completed")).has_value());
    std::multiset<std::string> statuses;
    for (const auto& each : Jobs()) {
        statuses.insert(std::string(each.at("status").as_string()));
    }
    EXPECT_EQ(statuses, (std::multiset<std::string>{"FINISHED", "SKIPPED"}));
}

TEST_F(WritingTest, ShowsProgressAndFindsWhatSomebodyAborts) {
    ASSERT_TRUE(Stand(StandingOf("Processing")).has_value());
    const auto show = [&](double done) {
        return ShowProgress(
            client_, {.asset = std::string(kAsset)}, {{"prc_1", done}, {"prc_without_job", 0.5}}, {}
        );
    };
    EXPECT_TRUE(show(0.419).value().empty());
    EXPECT_EQ(Jobs().at(0).at("progress").to_number<int>(), 41);
    const auto before = Writes();
    EXPECT_TRUE(show(0.4199).value().empty());
    EXPECT_EQ(Writes(), before) << "it is the same hundredth";
    fake_.Set(fmt::format(R"({{"abort": ["{}"]}})", std::string(Jobs().at(0).at("id").as_string())));
    EXPECT_EQ(show(0.6).value(), std::vector<std::string>{"prc_1"});
    const auto aborting = Writes();
    ASSERT_TRUE(Stand(StandingOf("Processing")).has_value());
    EXPECT_EQ(Jobs().at(0).at("status").as_string(), "ABORT_PENDING");
    EXPECT_EQ(Writes(), aborting) << "it is not written over, whatever Iconik would make of that";
    ASSERT_TRUE(Stand(StandingOf("Cancelled")).has_value());
    EXPECT_EQ(Jobs().at(0).at("status").as_string(), "ABORTED");
}

TEST_F(WritingTest, ShowsTheProgressOfManyAtAQuarterOfWhatMayBeAskedWhileOthersAskOn) {
    ASSERT_TRUE(Stand(StandingOf("Processing")).has_value());
    std::atomic<int> shown = 0;
    const auto before = Requests();
    const auto begin = std::chrono::steady_clock::now();
    std::jthread shows([&](const std::stop_token& stop) {
        for (int i = 1; i <= 5; ++i) {
            const auto done =
                ShowProgress(client_, {.asset = std::string(kAsset)}, {{"prc_1", i / 10.0}}, stop);
            shown += done ? 1 : 0;
        }
    });
    ASSERT_TRUE(client_.Send(GetAssetRequest(), {}).has_value());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
    shows.join();
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(900))
        << "10 requests, 100 ms apart";
    EXPECT_EQ(shown, 5) << "what was not shown at once is shown later";
    EXPECT_EQ(Requests(), before + 11);
    EXPECT_EQ(Jobs().at(0).at("progress").to_number<int>(), 50);
}

TEST_F(WritingTest, ShowsNoProgressOfAJobThatHasEnded) {
    ASSERT_TRUE(Stand(StandingOf("Failed")).has_value());
    const auto before = Writes();
    ASSERT_TRUE(ShowProgress(client_, {.asset = std::string(kAsset)}, {{"prc_1", 0.5}}, {}).has_value());
    EXPECT_EQ(Writes(), before);
}

TEST_F(WritingTest, FindsWhatSomebodyAbortsWhileItWaitsInOneListing) {
    ASSERT_TRUE(Stand(StandingOf("Pending")).has_value());
    EXPECT_TRUE(AbortedProcesses(client_, {}).value().empty());
    fake_.Set(fmt::format(R"({{"abort": ["{}"]}})", std::string(Jobs().at(0).at("id").as_string())));
    const auto before = Requests();
    EXPECT_EQ(AbortedProcesses(client_, {}).value(), std::vector<std::string>{"prc_1"});
    EXPECT_EQ(Requests(), before + 1);
}

TEST_F(WritingTest, ShowsItsStagesAsStepsOfTheJobAndWritesOnlyThoseThatChange) {
    const auto stand = [&](std::string_view status, std::string_view stage, std::string_view results) {
        auto standing = ParseJson(StandingOf(status, "prc_1", stage.empty() ? "" : "why")).value();
        standing.at("processes").at(0).as_object()["stage"] = stage;
        standing.as_object()["results"] = results;
        EXPECT_TRUE(Stand(ToJsonText(standing)).has_value());
        std::string shown;
        const auto jobs = Jobs();
        for (const auto& step : jobs.at(0).at("steps").as_array()) {
            shown += std::string(step.at("status").as_string()) + " ";
        }
        return shown;
    };
    EXPECT_EQ(stand("Pending", "", ""), "WAITING WAITING WAITING ");
    EXPECT_EQ(stand("Pending", "open", ""), "IN_PROGRESS WAITING WAITING ");
    EXPECT_EQ(stand("Pending", "store", ""), "IN_PROGRESS WAITING WAITING ");
    EXPECT_EQ(stand("Processing", "", ""), "DONE IN_PROGRESS WAITING ");
    EXPECT_EQ(stand("Completed", "", "waiting"), "DONE DONE IN_PROGRESS ");
    const auto before = Writes();
    EXPECT_EQ(stand("Completed", "", "written"), "DONE DONE DONE ");
    EXPECT_EQ(Writes(), before + 1) << "its steps alone";
    EXPECT_EQ(stand("Failed", "open", ""), "FAILED SKIPPED SKIPPED ");
    EXPECT_EQ(Jobs().at(0).at("steps").at(0).at("error_message").as_string(), "why");
    EXPECT_EQ(stand("Cancelled", "", ""), "SKIPPED SKIPPED SKIPPED ");
    EXPECT_EQ(Jobs().at(0).at("steps").at(0).at("label").as_string(), "Wait for the media");
}

TEST_F(WritingTest, OnlyEndsItsOpenJobsWhereNothingIsPublishedAnyMore) {
    ASSERT_TRUE(Stand(StandingOf("Processing", "prc_1")).has_value());
    const auto end = [&](const std::string& standing) {
        return WriteStanding(client_, writing_, {.asset = to_.asset, .only_ends = true}, standing, {});
    };
    const auto before = Writes();
    ASSERT_TRUE(end(StandingOf("Pending", "prc_1")).has_value());
    ASSERT_TRUE(end(StandingOf("Completed", "prc_without_job")).has_value());
    EXPECT_EQ(Jobs().size(), 1U);
    EXPECT_EQ(Jobs().at(0).at("status").as_string(), "SKIPPED") << "another run took its place";
    EXPECT_EQ(Writes(), before + 1);
    ASSERT_TRUE(Stand(StandingOf("Processing", "prc_1")).has_value());
    ASSERT_TRUE(end(StandingOf("Completed", "prc_1")).has_value());
    EXPECT_EQ(Jobs().at(0).at("status").as_string(), "FINISHED");
    EXPECT_EQ(Field("analyze_status"), "IN_PROGRESS") << "nothing else is written";
    EXPECT_TRUE(Rows(fmt::format("assets/v1/assets/{}/history/", kAsset)).empty());
}

}  // namespace
}  // namespace notify::iconik
