#include "people/person_edits.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/people_repository.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

class PersonEdits : public PeopleTest {
protected:
    static FaceResult With(const Embedding& face) {
        return MakeFaceResult({{.start_ms = 200, .end_ms = 1800, .shots = {FaceAt(face, 0.2, 50)}}});
    }

    void Rename(const PersonId& id, std::string_view name) {
        Write([&](Transaction& transaction) { return RenamePerson(transaction, id, name, clock_.Now()); });
    }

    void Remove(const PersonId& id) {
        Write([&](Transaction& transaction) { return RemovePerson(transaction, id, clock_.Now()); });
    }

    /// Publications that wait to be written; those of before are taken out of the way.
    std::vector<ItemId> Publishing() {
        const auto rows = Read([](const Snapshot& snapshot) {
            return snapshot.deliveries.List(
                {.status = Status::kPending, .kind = DeliveryKind::kPublication}, {.after = {}, .limit = 100}
            );
        });
        std::vector<ItemId> items;
        for (const auto& delivery : rows.rows) {
            items.push_back(Read([&](const Snapshot& snapshot) {
                                return snapshot.deliveries.GetPublication(delivery.publication_id);
                            }).item_id);
        }
        return items;
    }

    void WriteAllPublications() {
        Write([&](Transaction& transaction) -> Result<void> {
            const auto claimed = transaction.deliveries.Claim(
                NodeId("nod_1"), 100, 100, clock_.Now(), std::chrono::seconds(30)
            );
            for (auto delivery : ValueOf(claimed)) {
                delivery.status = Status::kCompleted;
                delivery.lease_owner = NodeId();
                delivery.lease_until.reset();
                delivery.finished_at = clock_.Now();
                EXPECT_TRUE(ValueOf(transaction.deliveries.Finish(delivery, delivery.fence, {})));
            }
            return {};
        });
    }

    /// "type: names of people", of the last event about the item.
    std::string LastTold(const ItemId& id) {
        const auto event = Events(id.Value()).back();
        std::string told = event.type + ":";
        const auto data = ParseJson(event.data).value();
        if (const auto* people = data.as_object().if_contains("people")) {
            for (const auto& person : people->as_array()) {
                told += " " + std::string(person.at("name").as_string());
            }
        }
        return told;
    }
};

TEST_F(PersonEdits, TellANewNameForEveryItemThePersonWasSeenIn) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    AddPerson("Bob", {kBob, kBob, kBob});
    const auto seen = Analyse("a.mp4", With(kAda));
    const auto other = Analyse("b.mp4", With(kBob));
    WriteAllPublications();
    Rename(ada, "Ada Lovelace");
    EXPECT_EQ(LastTold(seen), "item.labels_changed: Ada Lovelace");
    EXPECT_EQ(LastTold(other), "item.completed: Bob");
    EXPECT_THAT(Publishing(), ElementsAre(seen));
}

TEST_F(PersonEdits, TakeARemovedPersonsNameFromEveryItem) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto seen = Analyse("a.mp4", With(kAda));
    WriteAllPublications();
    Rename(ada, "Ada L.");
    EXPECT_EQ(LastTold(seen), "item.labels_changed: Ada L.");
    Remove(ada);
    EXPECT_EQ(LastTold(seen), "item.labels_changed:");
    for (const auto& event : Events(seen.Value())) {
        EXPECT_EQ(event.data.find("Ada"), std::string::npos) << event.data;
    }
    EXPECT_THAT(AppearancesIn(seen), IsEmpty());
    EXPECT_THAT(Publishing(), ElementsAre(seen));
}

TEST_F(PersonEdits, ChangeNothingWhenTheyAreRefused) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    AddPerson("Bob", {kBob, kBob, kBob});
    const auto seen = Analyse("a.mp4", With(kAda));
    WriteAllPublications();
    const auto refused = storage_->Write([&](Transaction& transaction) {
        return RenamePerson(transaction, ada, "Bob", clock_.Now());
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_EQ(LastTold(seen), "item.completed: Ada");
    EXPECT_THAT(Publishing(), IsEmpty());
}

TEST_F(PersonEdits, AreFollowedByThePublicationOfAPersonEnrolledLater) {
    const auto item = Analyse("a.mp4", With(kAda));
    WriteAllPublications();
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(ValueOf(relabelling_->RelabelAll({})), 1);
    EXPECT_EQ(LastTold(item), "item.labels_changed: Ada");
    EXPECT_THAT(Publishing(), ElementsAre(item));
}

}  // namespace
}  // namespace notify::testing
