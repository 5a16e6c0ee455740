using System.Globalization;
using Replication.Simulation.Bugs;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Pages;
using Replication.Testing.Simulation.Shrinking;

namespace Replication.Simulation;

/// <summary>What is left behind of a failing run: the smallest run that fails in the same way, as a plan file and as a
/// page.</summary>
/// <param name="plan">The plan file.</param>
/// <param name="page">The page.</param>
/// <param name="runsMax">The most runs that shrinking may take.</param>
/// <param name="time">The most time that it may take.</param>
internal sealed class FailureReport(string plan, string page, int runsMax, TimeSpan time)
{
    /// <summary>Gets where the smallest runs go if nothing else is said.</summary>
    public static string DefaultDirectory { get; } = Path.Combine("artifacts", "failures");

    /// <summary>Gets where the smallest run of a seed goes.</summary>
    public static string PathOf(string directory, ulong seed) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}.plan"));

    /// <summary>Gets where the page of a plan goes.</summary>
    public static string PageOf(string plan) => Path.ChangeExtension(plan, ".html");

    /// <summary>Writes a page.</summary>
    public static void WritePage(string path, SimulationResult result, RunRecording recording, string replay)
    {
        CreateDirectoryOf(path);
        using StreamWriter writer = new(path);
        FailurePage.Write(writer, result, recording, replay);
    }

    /// <summary>Shrinks a run, writes plan and page, and prints how to replay it.</summary>
    public ShrinkResult Shrink(SimulationResult failed, TextWriter output, Action<string>? progress = null)
    {
        // Processor time: a busy machine shrinks no less.
        TimeSpan begin = Environment.CpuUsage.TotalTime;
        ShrinkResult shrunk = Shrinker.Shrink(failed, new ShrinkOptions
        {
            RunsMax = runsMax,
            IsOver = () => Environment.CpuUsage.TotalTime - begin > time,
            Progress = progress,
        });
        SimulationCase small = shrunk.Case;
        string replay = $"{Profile.Tool} replay --plan {plan}";
        ShrunkSize size = ShrunkSize.Of(shrunk, Environment.CpuUsage.TotalTime - begin);
        CreateDirectoryOf(plan);
        File.WriteAllLines(plan,
        [
            $"# {replay}",
            $"# seed {failed.Config.Seed} {size}; fails with:",
            .. shrunk.Result.Violation!.ToString().Split('\n').Select(line => $"# {line}"),
            .. small.ToLines(),
        ]);
        RunRecording recording = new();
        WritePage(page, SimulationRun.Execute(small, recording: recording), recording, replay);
        output.WriteLine(
            $"seed {failed.Config.Seed} {size}: {shrunk.Result.Violation.ToString().Split('\n')[0]}");
        output.WriteLine(replay);
        output.WriteLine($"the page: {page}");
        return shrunk;
    }

    private static void CreateDirectoryOf(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
        }
    }
}
