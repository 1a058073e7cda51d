#include "http/routes/appearance_shown.hpp"

#include <optional>
#include <string>

#include "core/timecode.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "http/views_people.hpp"

namespace notify {

view::AppearanceView ShowAppearance(const Appearance& a) {
    view::AppearanceView shown{
        .id = a.id.Value(),
        .item = a.item_id.Value(),
        .result = a.result_id.Value(),
        .person = a.person_id.Value(),
        .person_name = a.person_name,
        .certainty = {std::string(ToString(a.certainty))},
        .state = {std::string(ToString(RecognitionOf(a)))},
        .start_ms = a.start_ms,
        .end_ms = a.end_ms,
        .similarity = a.similarity,
        .distance = a.distance,
        .probability = a.probability,
        .best_shot_ms = a.best_shot_ms,
        .bbox = {.x = a.box.x, .y = a.box.y, .width = a.box.width, .height = a.box.height},
        .tracks = {},
        .frame_rate = std::nullopt,
        .drop_frame = std::nullopt,
        .start_frame = FrameAt(a.start_ms, a.timebase.rate),
        .end_frame = FrameAt(a.end_ms, a.timebase.rate),
        .best_shot_frame = FrameAt(a.best_shot_ms, a.timebase.rate),
        .start_timecode = TimecodeAt(a.start_ms, a.timebase),
        .end_timecode = TimecodeAt(a.end_ms, a.timebase),
        .best_shot_timecode = TimecodeAt(a.best_shot_ms, a.timebase),
    };
    if (a.timebase.rate.IsKnown()) {
        shown.frame_rate = ToText(a.timebase.rate);
        shown.drop_frame = a.timebase.drop_frame;
    }
    for (const auto& track : a.tracks) {
        shown.tracks.push_back(track.Value());
    }
    return shown;
}

}  // namespace notify
