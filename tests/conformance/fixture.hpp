#pragma once

// What every conformance test has: an open database in a folder of its own, and rows to put into it.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/factory.hpp"
#include "core/secret_box.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "domain/item.hpp"
#include "domain/person.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"
#include "support/set_clock.hpp"

namespace notify::testing {

class Conformance : public ::testing::TestWithParam<const StorageFactory*> {
protected:
    Conformance();
    ~Conformance() override;

    /// Closes the database and opens it again, as a restart does.
    void Reopen();

    /// Runs the closure; the test fails when it does.
    template <class Function>
    auto Write(Function&& function) {
        return ValueOf(storage_->Write(std::forward<Function>(function)));
    }

    template <class Function>
    auto Read(Function&& function) {
        return ValueOf(storage_->Read(std::forward<Function>(function)));
    }

    /// The code a write was refused with; nothing when it was not.
    template <class Function>
    std::optional<ErrorCode> Refused(Function&& function) {
        const auto outcome = storage_->Write(std::forward<Function>(function));
        return outcome ? std::nullopt : std::optional(outcome.error().code);
    }

    [[nodiscard]] Timestamp Now() const { return clock_.Now(); }

    [[nodiscard]] Source MakeSource(std::string name = "disk") const;
    [[nodiscard]] Bucket MakeBucket(const Source& source, std::string name) const;
    [[nodiscard]] Item MakeItem(const Bucket& bucket, std::string key, std::string version = "1") const;
    [[nodiscard]] Process MakeProcess(const Item& item, std::string processor = "checksum") const;
    [[nodiscard]] StoredResult MakeResult(std::string lineage_key) const;
    [[nodiscard]] Event MakeEvent(std::string type, std::string dedup_key = {}) const;
    [[nodiscard]] Endpoint MakeEndpoint(std::string url) const;

    /// Each adds to the database what it returns.
    Source AddSource(std::string name = "disk");
    Bucket AddBucket(std::string name = "in");
    Item AddItem(const Bucket& bucket, std::string key);
    Process AddProcess(const Item& item, std::string processor = "checksum");
    StoredResult AddResult(std::string lineage_key);
    Endpoint AddEndpoint(std::string url, std::vector<std::string> types = {});
    Person AddPerson(std::string name);

    std::vector<ClaimedItem> Claim(int max_items, const NodeId& node = NodeId("nod_a"));
    Process Stored(const ProcessId& id);
    Item Stored(const ItemId& id);

    /// Writes what a claimed process became; false when its claim was no longer good.
    bool Finish(Process held, Status status);

    template <class T>
    static T ValueOf(Result<T> outcome) {
        EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().message);
        if constexpr (!std::is_void_v<T>) {
            return std::move(outcome).value();
        }
    }

    std::filesystem::path folder_;
    SetClock clock_;
    std::optional<SecretBox> box_;
    std::unique_ptr<Storage> storage_;
    std::optional<Source> source_;
};

inline std::string DatabaseName(const ::testing::TestParamInfo<const StorageFactory*>& info) {
    return info.param->Name();
}

}  // namespace notify::testing
