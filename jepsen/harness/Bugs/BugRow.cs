using System.Text.Json;
using System.Text.Json.Serialization;

namespace Harness.Bugs;

/// <summary>What came of the search for one bug; a line of the table.</summary>
/// <param name="Bug">Its name.</param>
/// <param name="Runs">How many runs there were, up to the one that was invalid.</param>
/// <param name="Check">The check that objected; null if none did.</param>
/// <param name="Reason">What it said.</param>
/// <param name="Command">The run that was invalid, or else the last.</param>
/// <param name="Sound">The verdict of the same run of the sound code.</param>
/// <param name="Commit">The commit of the sources.</param>
internal sealed record BugRow(
    string Bug, int Runs, string? Check, string Reason, string Command, string Sound, string Commit)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Gets whether the bug was found, by a run that the sound code passes.</summary>
    [JsonIgnore]
    public bool IsFound => Check is not null && Sound != "invalid";

    /// <summary>Reads a table; there need not be one.</summary>
    public static SortedDictionary<string, BugRow> ReadAll(string path) => new(
        (File.Exists(path) ? File.ReadAllLines(path) : [])
            .Select(line => JsonSerializer.Deserialize<BugRow>(line, Form)!).ToDictionary(row => row.Bug),
        StringComparer.Ordinal);

    /// <summary>Writes a table.</summary>
    public static void WriteAll(string path, IEnumerable<BugRow> rows) =>
        File.WriteAllLines(path, rows.Select(row => JsonSerializer.Serialize(row, Form)));
}
