using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Logs;

/// <summary>Checks histories of replicated logs: unique positions, no gap, nothing lost, the order of producers.</summary>
/// <remarks>
/// Operations: "append" with the log as key and a unique value, whose completion has the position; "poll" with the log
/// as key, whose completion holds a list of <c>[position, value]</c>; "seek" (or "assign"), after which the client's next
/// poll may start anywhere. Positions of a log have no holes. A client is a producer. Safe to call from several threads.
/// </remarks>
public static class LogCheck
{
    /// <summary>Checks that one position holds one value for everybody and forever, that polls skip and repeat nothing,
    /// that acknowledged appends are neither lost nor doubled, that nothing was read which failed or which nobody
    /// appended, and that the appends of a producer keep its order.</summary>
    /// <param name="history">The history.</param>
    /// <returns>The verdict, which names the operations; unknown if nothing was both appended and read, or a value isn't
    /// of the form above.</returns>
    public static Verdict Contiguity(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        try
        {
            List<Verdict> verdicts =
            [
                .. history.Operations.GroupBy(o => o.Key).Select(g => new LogWalk(g.Key, [.. g]).Check()),
            ];
            return Verdict.All(verdicts);
        }
        catch (FormatException e)
        {
            return Verdict.Unknown(e.Message);
        }
    }
}
