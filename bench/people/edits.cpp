// What edits of people cost on a database: bench_people_edits FOLDER [PORT DATABASE]. One line "name number"
// a figure.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "core/ulid.hpp"
#include "domain/item.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "domain/result.hpp"
#include "place.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/result_repository.hpp"

namespace notify {
namespace {

constexpr int kItems = 2'000;
constexpr int kAppearancesInItem = 5;
constexpr int kRandomEdits = 1'000;

double Milliseconds(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

/// Ends the program with what went wrong.
template <class T>
T Good(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

class Crew {
public:
    explicit Crew(Place& place) : place_(place) {}

    PeopleEdit Make(PeopleEdit edit) {
        edit.at = place_.clock->Now();
        edit.actor = "bench";
        return Good(place_.storage->Write([&](Transaction& t) { return MakeEdit(t, edit); }));
    }

    void Undo(const EditId& id) {
        Good(place_.storage->Write([&](Transaction& t) {
            return UndoEdit(t, id, "bench", place_.clock->Now());
        }));
    }

    PersonId Add(const std::string& name) {
        PeopleEdit edit;
        edit.kind = EditKind::kEnrol;
        edit.person = PersonId(MakeId("per"));
        edit.name = name;
        return Make(edit).person;
    }

    PeopleEdit Rename(const PersonId& person, const std::string& name) {
        PeopleEdit edit;
        edit.kind = EditKind::kRename;
        edit.person = person;
        edit.name = name;
        return Make(edit);
    }

    PeopleEdit Merge(const PersonId& stays, const PersonId& other) {
        PeopleEdit edit;
        edit.kind = EditKind::kMerge;
        edit.person = stays;
        edit.other = other;
        return Make(edit);
    }

    /// One of a few hundred people, or a refusal, which counts for nothing.
    Result<PeopleEdit> Random(const std::vector<PersonId>& people, std::mt19937& random) {
        const auto below = [&](std::size_t n) {
            return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
        };
        PeopleEdit edit;
        edit.at = place_.clock->Now();
        edit.actor = "bench";
        edit.person = people[below(people.size())];
        switch (below(5)) {
            case 0:
                edit.kind = EditKind::kMerge;
                edit.other = people[below(people.size())];
                break;
            case 1:
                edit.kind = EditKind::kRename;
                edit.name = fmt::format("name {}", below(1'000));
                break;
            case 2:
                edit.kind = EditKind::kConfirm;
                edit.tracks = {TrackId(fmt::format("trk_{}", below(500)))};
                break;
            case 3:
                edit.kind = EditKind::kReject;
                edit.tracks = {TrackId(fmt::format("trk_{}", below(500)))};
                break;
            default:
                edit.kind = EditKind::kHide;
                break;
        }
        return place_.storage->Write([&](Transaction& t) { return MakeEdit(t, edit); });
    }

    std::string State() {
        return Good(place_.storage->Read([](const Snapshot& s) { return s.people_edits.StateText(); }));
    }

private:
    Place& place_;
};

void AddAppearances(Place& place, const Bucket& bucket, const PersonId& person) {
    const StoredResult result{
        .id = ResultId(MakeId("res")), .lineage_key = "bench", .processor = "bench", .document = "{}"
    };
    for (int i = 0; i < kItems; i += 100) {
        Good(place.storage->Write([&](Transaction& t) -> Result<void> {
            Good(t.results.AddOrGet(result));
            for (int k = i; k < i + 100; ++k) {
                Item item;
                item.id = ItemId(MakeId("itm"));
                item.bucket_id = bucket.id;
                item.key = fmt::format("clip {}", k);
                item.version = "1";
                item.since = item.discovered_at = place.clock->Now();
                Good(t.items.AddIfNew(item));
                std::vector<Appearance> appearances(kAppearancesInItem);
                for (auto& appearance : appearances) {
                    appearance.id = AppearanceId(MakeId("app"));
                    appearance.person_id = person;
                }
                Good(t.people.ReplaceAppearances(item.id, result.id, appearances));
            }
            return {};
        }));
    }
}

void Measure(Place& place) {
    const auto buckets = Good(AddBuckets(*place.storage, 1, place.clock->Now()));
    Crew crew(place);
    const auto ada = crew.Add("Ada");
    const auto countess = crew.Add("Countess");
    AddAppearances(place, buckets[0], countess);
    PeopleEdit merge;
    fmt::print("rename_ms {}\n", Milliseconds([&] { crew.Rename(countess, "Ada Lovelace"); }));
    fmt::print("merge_ms {}\n", Milliseconds([&] { merge = crew.Merge(ada, countess); }));
    fmt::print("unmerge_ms {}\n", Milliseconds([&] { crew.Undo(merge.id); }));

    std::mt19937 random(7);
    std::vector<PersonId> people;
    for (int i = 0; i < 300; ++i) {
        people.push_back(crew.Add(fmt::format("person {}", i)));
    }
    const auto before = crew.State();
    std::vector<EditId> made;
    const double making = Milliseconds([&] {
        while (made.size() < kRandomEdits) {
            if (const auto edit = crew.Random(people, random); edit) {
                made.push_back(edit->id);
            }
        }
    });
    std::ranges::shuffle(made, random);
    std::vector<double> undos;
    for (const auto& id : made) {
        undos.push_back(Milliseconds([&] { crew.Undo(id); }));
    }
    std::ranges::sort(undos);
    fmt::print("edit_mean_ms {}\n", making / kRandomEdits);
    fmt::print("undo_p50_ms {}\n", undos[undos.size() / 2]);
    fmt::print("undo_p99_ms {}\n", undos[undos.size() * 99 / 100]);
    fmt::print("undone_equal {}\n", crew.State() == before ? 1 : 0);
}

}  // namespace
}  // namespace notify

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4) {
        fmt::print(stderr, "usage: bench_people_edits FOLDER [PORT DATABASE]\n");
        return 2;
    }
    auto place = notify::Good(notify::OpenPlace(argv[1], argc == 4 ? argv[2] : "", argc == 4 ? argv[3] : ""));
    notify::Measure(place);
    return 0;
}
