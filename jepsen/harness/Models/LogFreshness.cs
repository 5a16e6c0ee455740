using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using ServiceNode;

namespace Harness.Models;

/// <summary>Checks that a linearizable poll of a log that came to the end holds every append that was acknowledged
/// before the poll began.</summary>
internal static class LogFreshness
{
    /// <summary>Checks.</summary>
    /// <param name="history">Operations "append", whose completion has the position, and "poll" with the first position
    /// as argument and a list of <c>[position, value]</c> as result.</param>
    public static Verdict Check(History history)
    {
        long checks = 0;
        foreach ((Operation poll, Operation? latest) in WithLatest(history))
        {
            ReadOnlySpan<HistoryValue> records = poll.Result.Items;
            long end = records.Length == 0 ? poll.Argument.Number - 1 : records[^1].Items[0].Number;
            if (records.Length < HttpService.RecordsMax && latest?.Completion!.Position > end)
            {
                return Verdict.Invalid($"A poll ended at position {end}: {poll.Invocation.Index}. Acknowledged before "
                    + $"it began: {latest}");
            }

            checks++;
        }

        return checks > 0 ? Verdict.Valid($"{checks} polls held all that was acknowledged before.")
            : Verdict.Unknown("No poll succeeded.");
    }

    // Polls that succeeded, each with the append of the highest position that was acknowledged before it began.
    private static IEnumerable<(Operation Poll, Operation? Latest)> WithLatest(History history)
    {
        Queue<Operation> appends = new(history.Operations
            .Where(operation => operation is { F: "append", Outcome: HistoryEventType.Ok })
            .OrderBy(operation => operation.CompletionIndex));
        Operation? latest = null;
        foreach (Operation poll in history.Operations.Where(o => o is { F: "poll", Outcome: HistoryEventType.Ok }))
        {
            while (appends.TryPeek(out Operation? next) && next.CompletionIndex < poll.InvocationIndex)
            {
                appends.Dequeue();
                latest = latest is null || next.Completion!.Position > latest.Completion!.Position ? next : latest;
            }

            yield return (poll, latest);
        }
    }
}
