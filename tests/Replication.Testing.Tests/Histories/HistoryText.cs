using System.Text;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Histories;

/// <summary>Histories from text, for tests.</summary>
internal static class HistoryText
{
    /// <summary>Reads JSON lines.</summary>
    public static History Read(string lines)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(lines));
        return HistoryReader.Read(stream);
    }

    /// <summary>
    /// Reads lines such as <c>1 invoke write k 5</c>: process, type, f, key and, if any, the value as JSON.
    /// </summary>
    public static History Of(params string[] lines) => History.FromEvents(lines.Select(EventOf));

    private static HistoryEvent EventOf(string line, int index)
    {
        string[] parts = line.Split(' ', 5);
        return new HistoryEvent
        {
            Index = index,
            Process = HistoryValue.Parse(parts[0]),
            Type = Enum.Parse<HistoryEventType>(parts[1], ignoreCase: true),
            F = parts[2],
            Key = HistoryValue.FromText(parts[3]),
            Value = parts.Length > 4 ? HistoryValue.Parse(parts[4]) : HistoryValue.Null,
        };
    }
}
