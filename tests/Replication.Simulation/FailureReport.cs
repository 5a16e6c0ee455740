using System.Diagnostics;
using System.Globalization;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Shrinking;

namespace Replication.Simulation;

/// <summary>What is left behind of a failing run: the smallest run that fails in the same way, as a plan file.</summary>
/// <param name="path">The plan file.</param>
/// <param name="runsMax">The most runs that shrinking may take.</param>
/// <param name="time">The most time that it may take.</param>
internal sealed class FailureReport(string path, int runsMax, TimeSpan time)
{
    private const string Tool = "dotnet run -c Release --project tests/Replication.Simulation -- ";

    /// <summary>Gets where the smallest run of a seed goes if nothing else is said.</summary>
    public static string DefaultPath(ulong seed) =>
        Path.Combine("artifacts", "failures", string.Create(CultureInfo.InvariantCulture, $"seed-{seed}.plan"));

    /// <summary>Shrinks a run, writes the plan file and prints how to replay it.</summary>
    public ShrinkResult Shrink(SimulationResult failed, TextWriter output, Action<string>? progress = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        ShrinkResult shrunk = Shrinker.Shrink(failed, new ShrinkOptions
        {
            RunsMax = runsMax,
            IsOver = () => watch.Elapsed > time,
            Progress = progress,
        });
        SimulationCase small = shrunk.Case;
        string replay = $"{Tool}replay --plan {path}";
        string size = string.Create(CultureInfo.InvariantCulture,
            $"{small.Config.Nodes} nodes, {small.Plan.Faults.Count} faults, {small.Config.Clients} clients, "
            + $"{small.Calls?.Count ?? shrunk.Result.Operations.Count} operations");
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
        }

        File.WriteAllLines(path,
        [
            $"# {replay}",
            $"# shrunk from seed {failed.Config.Seed} by {shrunk.Runs} runs to {size}; fails with:",
            .. shrunk.Result.Violation!.ToString().Split('\n').Select(line => $"# {line}"),
            .. small.ToLines(),
        ]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"shrunk by {shrunk.Runs} runs in {watch.Elapsed.TotalSeconds:0.0} s to {size}: "
            + $"{shrunk.Result.Violation}"));
        output.WriteLine(replay);
        return shrunk;
    }
}
