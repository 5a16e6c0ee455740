using System.Globalization;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Vacuity;

/// <summary>Tells a history that shows something from one in which nothing could go wrong.</summary>
/// <remarks>Join its verdict with those of the other checkers by <see cref="Verdict.All"/>: a good result of a run that
/// did nothing becomes unknown, a violation stays one.</remarks>
public static class VacuityChecker
{
    /// <summary>Checks that enough happened.</summary>
    /// <param name="history">The history.</param>
    /// <param name="options">What is enough; null for the defaults.</param>
    /// <returns>Valid or unknown; never invalid.</returns>
    public static Verdict Check(History history, VacuityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        options ??= new VacuityOptions();
        List<string> missing =
        [
            .. Functions(history, options),
            .. Share("operations that ended well", OkShare(history), options.OkShareMin),
            .. Share("reads that another operation overlapped", OverlappedShare(history, options),
                options.OverlappedReadsMin),
            .. options.FaultEffects.OrderBy(f => f.Key, StringComparer.Ordinal).Where(f => f.Value <= 0)
                .Select(f => $"The fault \"{f.Key}\" had no effect that anybody observed."),
        ];
        return missing.Count == 0
            ? Verdict.Valid($"Enough happened: {history.Operations.Count} operations.")
            : Verdict.Unknown($"Too little happened to judge.\n{string.Join('\n', missing)}");
    }

    private static IEnumerable<string> Functions(History history, VacuityOptions options)
    {
        if (history.Operations.Count == 0)
        {
            yield return "There is no operation.";
        }

        foreach (IGrouping<string, Operation> function in history.Operations.GroupBy(o => o.F)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            int ok = function.Count(o => o.Outcome == HistoryEventType.Ok);
            if (ok < options.OkMin)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Of {function.Count()} operations \"{function.Key}\" {ok} ended well, not {options.OkMin}.");
            }
        }
    }

    private static IEnumerable<string> Share(string what, double? share, double least)
    {
        if (share is double known && known < least)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"The share of {what} is {known:P1}, less than {least:P1}.");
        }
    }

    private static double? OkShare(History history) =>
        history.Operations.Count == 0
            ? null
            : (double)history.Operations.Count(o =>
                o.Outcome == HistoryEventType.Ok || (o.Outcome == HistoryEventType.Fail && o.F == "cas"))
                / history.Operations.Count;

    /// <summary>Null if there is no read that ended well.</summary>
    private static double? OverlappedShare(History history, VacuityOptions options)
    {
        long reads = 0;
        long overlapped = 0;
        foreach (IGrouping<HistoryValue, Operation> key in history.Operations.GroupBy(o => o.Key))
        {
            // An operation that a read meets began before the read ended and ends after it began. In the order of their
            // calls the latest end so far tells of all that began earlier; the next call tells of the others.
            long latestEnd = long.MinValue;
            List<long> waiting = [];
            foreach (Operation operation in key.Where(o => o.Outcome != HistoryEventType.Fail))
            {
                if (!(options.IsRead?.Invoke(operation) ?? operation.F == "read"))
                {
                    overlapped += waiting.Count(end => end > operation.InvocationIndex);
                    waiting.Clear();
                    latestEnd = Math.Max(latestEnd, operation.CompletionIndex);
                }
                else if (operation.Outcome == HistoryEventType.Ok)
                {
                    reads++;
                    if (latestEnd > operation.InvocationIndex)
                    {
                        overlapped++;
                    }
                    else
                    {
                        waiting.Add(operation.CompletionIndex);
                    }
                }
            }
        }

        return reads == 0 ? null : (double)overlapped / reads;
    }
}
