using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

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

/// <summary>The size of a shrunk run, and what it took.</summary>
internal sealed partial record ShrunkSize(int Nodes, int Faults, int Clients, int Operations, int Runs, double Seconds)
{
    /// <summary>Finds the size among the lines of the verb that shrinks.</summary>
    /// <returns>Null if it says none.</returns>
    public static ShrunkSize? Parse(IEnumerable<string> lines)
    {
        Match? match = lines.Select(line => Form().Match(line)).FirstOrDefault(match => match.Success);
        return match is null ? null : new ShrunkSize(
            Number("nodes"), Number("faults"), Number("clients"), Number("operations"), Number("runs"),
            double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture));

        int Number(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"^shrunk by (?<runs>\d+) runs in (?<seconds>[\d.]+) s to (?<nodes>\d+) nodes, (?<faults>\d+) faults, "
        + @"(?<clients>\d+) clients, (?<operations>\d+) operations")]
    private static partial Regex Form();
}
