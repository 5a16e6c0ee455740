using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replication.Simulation.Bugs;

/// <summary>What came of the search for one bug; a line of the table.</summary>
internal sealed record BugRow
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Bug { get; init; }

    public required string Rows { get; init; }

    public required string Layer { get; init; }

    public required string Story { get; init; }

    /// <summary>Gets the first seed that failed; null if none did.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Gets the rule that was broken.</summary>
    public string? Rule { get; init; }

    public string? Detail { get; init; }

    /// <summary>Gets how many seeds ran until then.</summary>
    public long Runs { get; init; }

    /// <summary>Gets the processor time of each worker until then: what an idle machine of so many cores takes, the
    /// build not counted.</summary>
    public double Seconds { get; init; }

    /// <summary>Gets how large the smallest failing run is that was found; null if it was not shrunk.</summary>
    public ShrunkSize? Shrunk { get; init; }

    /// <summary>Gets the commit whose sources were searched, and the day.</summary>
    public string? Commit { get; init; }

    public string? Date { get; init; }

    /// <summary>Reads the rows of a table.</summary>
    public static SortedDictionary<string, BugRow> ReadAll(string path)
    {
        SortedDictionary<string, BugRow> rows = new(StringComparer.Ordinal);
        foreach (string line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            BugRow row = JsonSerializer.Deserialize<BugRow>(line, Form)!;
            rows[row.Bug] = row;
        }

        return rows;
    }

    /// <summary>Writes the rows of a table.</summary>
    public static void WriteAll(string path, IEnumerable<BugRow> rows) =>
        File.WriteAllLines(path, rows.Select(row => JsonSerializer.Serialize(row, Form)));
}
