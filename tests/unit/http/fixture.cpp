#include "unit/http/fixture.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/ulid.hpp"
#include "http/keys.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/wrapped_storage.hpp"

namespace notify::testing {

namespace {

/// Lets somebody else come between a request's reading and its write.
class InterruptedStorage final : public WrappedStorage {
public:
    InterruptedStorage(Storage& inner, std::function<void()>& before_write)
        : WrappedStorage(inner), before_write_(before_write) {}

private:
    Result<void> RunWrite(const WriteFunction& function) override {
        if (const auto interrupt = std::exchange(before_write_, {})) {
            interrupt();
        }
        return WrappedStorage::RunWrite(function);
    }

    std::function<void()>& before_write_;
};

}  // namespace

ApiTest::ApiTest() {
    const auto data = folder_.Path() / "data";
    std::filesystem::create_directories(data);
    clock_.Advance(SystemClock().Now() - clock_.Now());
    box_ = SecretBox::Open(data / "key").value();
    database_ = OpenSqliteStorage(data / "database", *box_, clock_).value();
    storage_ = std::make_unique<InterruptedStorage>(*database_, before_write_);
    artifacts_ = std::make_unique<ArtifactStore>(*storage_, *box_, data / "artifacts");
    const auto access = [this](const SourceId& id) {
        return storage_->Read(
                           [&](const Snapshot& snapshot) { return snapshot.sources.Get(id); }
        ).map([](Source source) { return SourceAccess{.source = std::move(source), .secrets = {}}; });
    };
    sources_ = std::make_unique<SourceRegistry>(SourceSettings{.data_dir = data, .access = access}, clock_);
    scheduler_ = std::make_unique<Scheduler>(*storage_, clock_, *sources_, [] {});
    items_ = std::make_unique<ItemControl>(*storage_, clock_, [](const ProcessId&) {});
    guard_ = AddressGuard::WithAllowed({"127.0.0.1/32"}).value();
    endpoints_ = std::make_unique<Endpoints>(*storage_, *box_, guard_, clock_);
    replay_ = std::make_unique<Replay>(*storage_, clock_);
    messages_ = std::make_unique<MessageIntake>(*storage_, clock_, "", [] {});
    erasing_ = std::make_unique<Erasing>(*storage_, *artifacts_, clock_, *box_, data);
    known_people_ = std::make_unique<GalleryCache>(*storage_);
    galleries_ = std::make_unique<GalleryTransfer>(*storage_, *artifacts_, clock_, std::string(64, 'e'));
    router_ = std::make_unique<Router>(*storage_, clock_);
    const auto enrol =
        [](std::string_view name, const std::vector<UploadedPhoto>& photos, std::string_view, bool) {
            EnrolmentVerdict verdict{.person = PersonId("per_1"), .name = std::string(name), .photos = 1};
            for (const auto& photo : photos) {
                verdict.verdicts.push_back({.file_name = photo.file_name, .accepted = true});
            }
            return Result<EnrolmentVerdict>(std::move(verdict));
        };
    AddRoutes(
        *router_,
        {.storage = *storage_,
         .clock = clock_,
         .artifacts = *artifacts_,
         .sources = *sources_,
         .box = *box_,
         .seal = [this](const Secret& secret) { return box_->Seal(secret.secret_key, "test"); },
         .scheduler = *scheduler_,
         .items = *items_,
         .endpoints = *endpoints_,
         .replay = *replay_,
         .messages = *messages_,
         .iconik_webhook_secret = "a secret of sixteen",
         .enrol = enrol,
         .search_faces = [this](
                             std::string_view picture, std::size_t limit, double reach
                         ) { return search_faces_(picture, limit, reach); },
         .known_people = *known_people_,
         .galleries = *galleries_,
         .erasing = *erasing_,
         .relabel = [] {},
         .nudge = [] {},
         .readiness =
             [this] {
                 return Readiness{
                     .ready = ready_, .sandbox_level = "full", .sandbox_note = "", .database = "ok"
                 };
             },
         .standstill = [this] { return standstill_; },
         .activity =
             [] {
                 return Activity{
                     .workers = 3, .busy = 2, .children_started = 5, .claim_waits = {}, .space = {}
                 };
             },
         .remove_old = [](
                           bool dry_run, const std::stop_token&
                       ) { return RemovedRows{.items = 7, .results = dry_run ? 0 : 5, .changes = 3}; },
         .queues = [this] { return queues_; },
         .webhooks = [this] { return webhooks_; }}
    );
    read_key_ = MakeKey({"read"});
    write_key_ = MakeKey({"write"});
    admin_key_ = MakeKey({"admin"});
}

ApiTest::~ApiTest() {
    server_.reset();
}

Response ApiTest::AskAs(
    std::string_view key, const std::string& method, std::string_view target, std::string body
) {
    Request request;
    request.id = MakeId("req");
    request.method = method;
    request.body = std::move(body);
    if (!key.empty()) {
        request.headers["authorization"] = fmt::format("Bearer {}", key);
    }
    EXPECT_TRUE(SetTarget(request, target)) << target;
    return router_->Handle(std::move(request));
}

boost::json::value ApiTest::Expect(
    int status, const std::string& method, std::string_view target, std::string body
) {
    const auto response = Ask(method, target, std::move(body));
    EXPECT_EQ(response.status, status) << method << ' ' << target << ": " << response.body;
    return response.body.empty() ? boost::json::value() : JsonOf(response);
}

std::string ApiTest::MakeKey(const std::vector<std::string>& scopes) {
    const auto made = notify::MakeKey("a test", scopes, clock_.Now()).value();
    EXPECT_TRUE(StoreKey(*storage_, made.key, "tester"));
    return made.text;
}

std::string ApiTest::IdOfKey(std::string_view text) {
    return fmt::format("key_{}", text.substr(3, text.find('_', 3) - 3));
}

void ApiTest::Serve(ServerSettings settings) {
    server_ = std::make_unique<Server>(
        std::move(settings),
        [this](Request& request) { return router_->Handle(std::move(request)); },
        [this](Request head) { return router_->Admit(std::move(head)); }
    );
    ASSERT_TRUE(server_->Start());
}

std::string ApiTest::Bearer(std::string_view key) {
    return fmt::format("Authorization: Bearer {}\r\n", key);
}

std::string ApiTest::AddBucket(const std::string& name) {
    const auto location = folder_.Path() / name;
    std::filesystem::create_directories(location);
    const auto made = Expect(
        201,
        "POST",
        "/v1/buckets",
        fmt::format(
            R"({{"location":"{}","settle_seconds":0,"rules":[{{"processor":"checksum"}}]}})",
            location.string()
        )
    );
    return std::string(made.at("id").as_string());
}

std::string ApiTest::Discover(const std::string& key, std::string_view bytes) {
    std::ofstream(folder_.Path() / "in" / key, std::ios::binary) << bytes;
    EXPECT_EQ(Expect(200, "POST", "/v1/buckets/in/scan").at("added"), 1);
    const auto list = Expect(200, "GET", "/v1/items?key=" + key);
    return std::string(list.at("rows").at(0).at("id").as_string());
}

ResultId ApiTest::AddResult(const std::string& artifact, std::string_view bytes, bool sealed) {
    const auto prepared =
        artifacts_
            ->Prepare({.name = artifact, .media_type = "application/octet-stream", .sealed = sealed}, bytes)
            .value();
    const StoredResult result{
        .id = ResultId(MakeId("res")),
        .lineage_key = Sha256Hex(artifact + MakeId("x")),
        .content_sha256 = Sha256Hex(bytes),
        .processor = "checksum",
        .processor_version = "1",
        .document = R"({"sha256":"ab","parts":[1,2.5,null]})",
        .artifacts = {prepared.ref},
        .created_at = clock_.Now(),
    };
    return storage_
        ->Write([&](Transaction& transaction) {
            return prepared.Commit(transaction).and_then([&] {
                return transaction.results.AddOrGet(result);
            });
        })
        .value();
}

void ApiTest::FinishDeliveries(Status status) {
    const auto done = storage_->Write([&](Transaction& transaction) -> Result<void> {
        const auto claimed =
            transaction.deliveries.Claim(NodeId("nod_1"), 1000, 1000, clock_.Now(), std::chrono::seconds(30));
        for (auto delivery : claimed.value()) {
            const auto fence = delivery.fence;
            delivery.status = status;
            delivery.finished_at = clock_.Now();
            delivery.lease_owner = {};
            delivery.lease_until.reset();
            const DeliveryAttempt attempt{
                .delivery_id = delivery.id,
                .number = 1,
                .at = clock_.Now(),
                .duration = std::chrono::milliseconds(12),
                .http_status = 204,
                .error = {},
                .response = {}
            };
            if (const auto written = transaction.deliveries.Finish(delivery, fence, attempt); !written) {
                return Unexpected(written.error());
            }
        }
        return {};
    });
    EXPECT_TRUE(done) << done.error().message;
}

void ApiTest::Append(const std::string& type, const std::string& subject) {
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.events.Append(
            {.id = EventId(MakeId("evt")),
             .type = type,
             .subject = subject,
             .dedup_key = {},
             .at = clock_.Now(),
             .data = R"({"note":"line\nbreak"})"}
        );
    }));
}

std::vector<std::string> ApiTest::AuditActions() {
    std::vector<std::string> actions;
    const auto audit = Expect(200, "GET", "/v1/audit?limit=200");
    for (const auto& row : audit.at("rows").as_array()) {
        actions.emplace_back(row.at("action").as_string());
    }
    return actions;
}

std::string HeaderOf(const Response& response, std::string_view name) {
    for (const auto& [header, value] : response.headers) {
        if (header == name) {
            return value;
        }
    }
    return {};
}

boost::json::value JsonOf(const Response& response) {
    const auto value = ParseJson(response.body);
    EXPECT_TRUE(value) << response.body;
    return value.value_or(nullptr);
}

std::string PathOf(std::string_view pattern) {
    std::string path;
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        path += pattern.substr(0, open);
        path += open == std::string_view::npos ? "" : "none";
        pattern = open == std::string_view::npos ? "" : pattern.substr(pattern.find('}') + 1);
    }
    return path;
}

}  // namespace notify::testing
