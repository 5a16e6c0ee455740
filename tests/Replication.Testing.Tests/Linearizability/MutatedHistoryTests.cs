using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>Long valid histories with one thing spoiled: the checker must see it.</summary>
public sealed class MutatedHistoryTests
{
    private const int Operations = 400;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_history_of_a_register_that_obeys_is_valid_to_both_checkers(int seed)
    {
        AssertBoth(Validity.Valid, ObedientRegister.Events(seed, Operations));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_read_of_a_value_that_nobody_wrote_is_invalid(int seed)
    {
        List<HistoryEvent> events = ObedientRegister.Events(seed, Operations);
        int read = PickRead(events, seed);
        events[read] = events[read] with { Value = -1 };

        AssertBoth(Validity.Invalid, events);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_read_of_what_was_overwritten_before_it_began_is_invalid(int seed)
    {
        List<HistoryEvent> events = ObedientRegister.Events(seed, Operations);
        int read = PickRead(events, seed);
        int begin = events.FindLastIndex(read, e => e.Process == events[read].Process
            && e.Type == HistoryEventType.Invoke);
        int firstEnd = events.FindIndex(e => e is { F: "write", Type: HistoryEventType.Ok });
        Assert.True(IsOverwrittenBefore(events, firstEnd, begin), "The history is too short for its seed.");
        events[read] = events[read] with { Value = events[firstEnd].Value };

        AssertBoth(Validity.Invalid, events);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Two_reads_one_after_the_other_with_their_values_swapped_are_invalid(int seed)
    {
        List<HistoryEvent> events = ObedientRegister.Events(seed, Operations);
        int later = PickRead(events, seed);
        int begin = events.FindLastIndex(later, e => e.Process == events[later].Process
            && e.Type == HistoryEventType.Invoke);
        int earlier = events.FindIndex(e => e is { F: "read", Type: HistoryEventType.Ok } && !e.Value.IsNull);
        Assert.True(earlier < begin && events[earlier].Value != events[later].Value, "Nothing to swap.");
        (events[earlier], events[later]) = (
            events[earlier] with { Value = events[later].Value },
            events[later] with { Value = events[earlier].Value });

        AssertBoth(Validity.Invalid, events);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_write_that_was_read_but_is_said_to_have_failed_is_invalid(int seed)
    {
        List<HistoryEvent> events = ObedientRegister.Events(seed, Operations);
        HistoryValue value = events[PickRead(events, seed)].Value;
        int end = events.FindIndex(e => e.F == "write" && e.Type != HistoryEventType.Invoke && e.Value == value);
        if (end < 0)
        {
            end = events.FindIndex(e => e.F == "write" && e.Value == value);
            events.RemoveAt(end);
        }
        else
        {
            events[end] = events[end] with { Type = HistoryEventType.Fail };
        }

        AssertBoth(Validity.Invalid, events);
    }

    private static int PickRead(List<HistoryEvent> events, int seed)
    {
        int[] reads =
        [
            .. Enumerable.Range(events.Count / 2, events.Count / 2)
                .Where(i => events[i] is { F: "read", Type: HistoryEventType.Ok } && !events[i].Value.IsNull),
        ];
        return reads[seed % reads.Length];
    }

    /// <summary>Whether another write began after this one ended and ended before a moment.</summary>
    private static bool IsOverwrittenBefore(List<HistoryEvent> events, int end, int moment) =>
        Enumerable.Range(end, moment - end).Any(i => events[i] is { F: "write", Type: HistoryEventType.Ok }
            && events.FindLastIndex(i, e => e.Process == events[i].Process && e.Type == HistoryEventType.Invoke) > end);

    private static void AssertBoth(Validity expected, List<HistoryEvent> events)
    {
        History history = History.FromEvents(events);
        Verdict search = LinearizabilityChecker.Check(history, LinearizabilityModels.Register);
        Verdict zones = ZoneChecker.Check(history);

        Assert.True(search.Validity == expected, search.ToString());
        Assert.True(zones.Validity == expected, zones.ToString());
    }
}
