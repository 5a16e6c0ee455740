using System.Runtime.CompilerServices;
using Harness.Runs;
using Harness.Workloads;
using KvProcesses.Processes;
using Replication.Simulation.Bugs;
using Replication.Testing.Checkers;

namespace Harness.Bugs;

/// <summary>Plants one bug after the other into a copy of the sources, and runs the node that is built of it.</summary>
/// <param name="repository">The root of the sources.</param>
/// <param name="runsMax">The most runs for one bug.</param>
/// <param name="directory">Where the runs leave what they leave.</param>
/// <param name="commit">The commit of the sources.</param>
internal sealed class BugSearch(string repository, int runsMax, string directory, string commit)
{
    /// <summary>Searches.</summary>
    /// <returns>What came of each bug, as soon as it is known.</returns>
    public async IAsyncEnumerable<BugRow> RunAsync(
        IReadOnlyList<SoughtBug> bugs, [EnumeratorCancellation] CancellationToken interrupted)
    {
        using SourceCopy copy = SourceCopy.Create(repository, AppContext.BaseDirectory);
        foreach (SoughtBug sought in bugs)
        {
            copy.Plant(sought.Bug);
            yield return await SearchAsync(sought, copy.ToolDirectory, interrupted).ConfigureAwait(false);
        }
    }

    private async Task<BugRow> SearchAsync(SoughtBug sought, string planted, CancellationToken interrupted)
    {
        TestOptions options = sought.Options;
        for (int run = 1; ; run++, options = options with { Seed = options.Seed + 1 })
        {
            (string? check, string reason) = await RunOneAsync(
                options with { Program = Path.Combine(planted, ProgramOf(options)) },
                $"{sought.Bug.Name}-{run}", interrupted).ConfigureAwait(false);
            if (check is null && run < runsMax)
            {
                continue;
            }

            string sound = "";
            if (check is not null)
            {
                (string? objection, _) = await RunOneAsync(options, $"{sought.Bug.Name}-sound", interrupted)
                    .ConfigureAwait(false);
                sound = objection is null ? "not invalid" : "invalid";
            }

            return new BugRow(sought.Bug.Name, run, check, reason, options.Command, sound, commit);
        }
    }

    private async Task<(string? Check, string Reason)> RunOneAsync(
        TestOptions options, string name, CancellationToken interrupted)
    {
        string own = Directory.CreateDirectory(Path.Combine(directory, name)).FullName;
        try
        {
            TestResult result = await new TestRun(options, own, _ => { }).RunAsync(interrupted)
                .ConfigureAwait(false);
            result.WriteAll(own);
            NamedVerdict? objection = result.Verdicts.FirstOrDefault(
                named => named.Verdict.Validity == Validity.Invalid);
            return objection is null ? (null, result.Verdict.Validity.ToString().ToLowerInvariant())
                : (objection.Check, objection.Verdict.Reason.Split('\n')[0]);
        }
        catch (Exception e) when (e is NodeStartException or TimeoutException or InvalidOperationException)
        {
            // The cluster did not even begin: that is found by the first who tries, and shows nothing of the harness.
            return (null, e.Message);
        }
    }

    private static string ProgramOf(TestOptions options) => Path.GetFileName(WorkloadTable.Make(
        options.Workload, new WorkloadSettings(options.Level, IsSound: true, options.Driver)).Program.Assembly);
}
