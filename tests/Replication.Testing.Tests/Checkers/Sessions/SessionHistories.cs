using System.Globalization;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Sessions;

/// <summary>Histories written by hand, one operation a line.</summary>
internal static class SessionHistories
{
    /// <summary>
    /// Reads lines such as <c>1 write x 5 @3</c> or <c>2 read x 5</c>: client, f, key or <c>-</c> for none, JSON of the
    /// value or result, then in any order <c>@</c> position, <c>t=</c> milliseconds at which it ends (it begins 1 ms
    /// before), <c>token=</c> received, <c>sends=</c> token, <c>node=</c>, and <c>info</c> or <c>fail</c>. Each ends
    /// before the next begins.
    /// </summary>
    public static History Of(params string[] lines)
    {
        List<HistoryEvent> events = [];
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string? Option(string name) => parts.Skip(4).FirstOrDefault(p => p.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
            long? Number(string name) => Option(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
            long? end = Number("t=") * 1_000_000;
            HistoryValue value = HistoryValue.Parse(parts[3]);
            bool isResult = parts[1] is "read" or "poll" or "digest";
            HistoryEvent invocation = new()
            {
                Index = events.Count,
                Type = HistoryEventType.Invoke,
                Process = HistoryValue.Parse(parts[0]),
                F = parts[1],
                Key = HistoryValue.FromText(parts[2] == "-" ? null : parts[2]),
                Value = isResult ? HistoryValue.Null : value,
                Time = end - 1_000_000,
                Token = HistoryValue.FromText(Option("sends=")),
                Node = HistoryValue.FromText(Option("node=")),
            };
            events.Add(invocation);
            events.Add(invocation with
            {
                Index = events.Count,
                Type = parts.Contains("info") ? HistoryEventType.Info
                    : parts.Contains("fail") ? HistoryEventType.Fail
                    : HistoryEventType.Ok,
                Value = value,
                Time = end,
                Position = Number("@"),
                Token = HistoryValue.FromText(Option("token=")),
            });
        }

        return History.FromEvents(events);
    }
}
