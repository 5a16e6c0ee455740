using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>Events of clients of one register that obeys; each write writes another value.</summary>
internal static class ObedientRegister
{
    /// <param name="seed">Decides everything.</param>
    /// <param name="operations">How many operations.</param>
    /// <param name="clients">How many clients at a time.</param>
    /// <param name="unknownPercent">How many in a hundred have an unknown outcome, half of them an effect.</param>
    /// <param name="wrongPercent">How many reads in a hundred return one of the values written lately.</param>
    public static List<HistoryEvent> Events(
        int seed, int operations, int clients = 5, int unknownPercent = 5, int wrongPercent = 0)
    {
        Random random = new(seed);
        List<HistoryEvent> events = [];
        HistoryValue state = HistoryValue.Null;
        (HistoryEvent? Invocation, bool IsApplied, bool IsUnknown, HistoryValue Result)[] slots =
            new (HistoryEvent?, bool, bool, HistoryValue)[clients];
        int[] processes = [.. Enumerable.Range(0, clients)];
        int values = 0;
        while (operations > 0 || Array.Exists(slots, s => s.Invocation is not null))
        {
            int client = random.Next(clients);
            ref (HistoryEvent? Invocation, bool IsApplied, bool IsUnknown, HistoryValue Result) slot =
                ref slots[client];
            if (slot.Invocation is null)
            {
                if (operations-- > 0)
                {
                    bool isRead = random.Next(2) == 0;
                    slot = (new HistoryEvent
                    {
                        Index = events.Count,
                        Type = HistoryEventType.Invoke,
                        Process = processes[client],
                        F = isRead ? "read" : "write",
                        Value = isRead ? HistoryValue.Null : ++values,
                    }, false, random.Next(100) < unknownPercent, HistoryValue.Null);
                    events.Add(slot.Invocation);
                }
            }
            else if (!slot.IsApplied)
            {
                slot.IsApplied = true;
                bool isRead = slot.Invocation.F == "read";
                state = isRead || (slot.IsUnknown && random.Next(2) == 0) ? state : slot.Invocation.Value;
                slot.Result = !isRead ? slot.Invocation.Value
                    : random.Next(100) < wrongPercent ? Math.Max(1, values - random.Next(4))
                    : state;
            }
            else
            {
                events.Add(slot.Invocation with
                {
                    Index = events.Count,
                    Type = slot.IsUnknown ? HistoryEventType.Info : HistoryEventType.Ok,
                    Value = slot.Result,
                });
                processes[client] += slot.IsUnknown ? clients : 0;
                slot = default;
            }
        }

        return events;
    }
}
