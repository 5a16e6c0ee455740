using System.Text.Json;
using Harness.Runs;
using Replication.Simulation.Bugs;

namespace Harness.Bugs;

/// <summary>A planted bug, and the run that may show it.</summary>
/// <param name="Bug">The bug: the same text replacements as the simulator's.</param>
/// <param name="Options">The run; its seed is the first of several.</param>
internal sealed record SoughtBug(PlantedBug Bug, TestOptions Options)
{
    private const string Plan = "jepsen/bugs/plan.json";
    private static readonly string[] Folders = ["jepsen/bugs", "tests/Replication.Simulation/Bugs/planted"];
    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads all.</summary>
    /// <param name="repository">The root of the sources.</param>
    /// <exception cref="FormatException">One isn't there, can't be planted, or has a bad option.</exception>
    public static IReadOnlyList<SoughtBug> ReadAll(string repository)
    {
        PlanFile plan = JsonSerializer.Deserialize<PlanFile>(
            File.ReadAllText(Path.Combine(repository, Plan)), Form)!;
        PlantedBug[] known = [.. Folders.SelectMany(folder => PlantedBug.ReadAll(Path.Combine(repository, folder)))];
        return [.. plan.Bugs.Select(entry => Sought(plan.Common, entry, known, repository))];
    }

    private static SoughtBug Sought(string common, Entry entry, PlantedBug[] known, string repository)
    {
        PlantedBug bug = known.FirstOrDefault(bug => bug.Name == entry.Bug)
            ?? throw new FormatException($"There is no bug {entry.Bug}.");

        // A text that is gone would otherwise be found out late, or never.
        bug.Plant(repository);
        return new SoughtBug(bug, TestOptions.Parse(
            $"{common} {entry.Options}".Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    private sealed record PlanFile(string Common, IReadOnlyList<Entry> Bugs);

    private sealed record Entry(string Bug, string Options);
}
