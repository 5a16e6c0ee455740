using System.Globalization;
using Replication.Simulation.Bugs;
using Replication.Testing.Checkers;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Pages;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation;

/// <summary>What the tool can do. Exit codes: 0 all is well, 1 something is wrong, 2 nothing was decided.</summary>
internal static class Verbs
{
    private const int Valid = 0;
    private const int Invalid = 1;
    private const int Undecided = 2;

    // Masks of nodes in plans hold more; nobody asked for it.
    private const int NodesMax = 9;

    // One bug may fail in several ways; more than a few tell nothing new.
    private const int ShrunkMax = 3;

    private const string Usage =
        """
        run --seeds N [--minutes M] [--from S] [--profile P] [--workers W] [--ledger FILE]
            [--failures DIRECTORY] [--shrink-runs N]
        replay --seed S [--profile P] [--plan FILE] [--nodes N] [--clients N] [--operations N] [--quiet]
               [--history FILE] [--page FILE]
        shrink --seed S [--profile P] [--plan FILE] [--out FILE] [--page FILE] [--runs N]
               [--minutes M] [--seconds T] [--nodes N] [--clients N] [--operations N] [--quiet]
        determinism --seeds N [--from S] [--profile P] [--workers W] [--once] [--write FILE] [--compare FILE]
        seeds FILE
        check FILE --model M [--initial VALUE] [--consistency NAME]
        find [--from S] [--seeds N] [--seconds T] [--profile P] [--workers W]
        bugs [--only NAMES] [--from S] [--seconds T] [--profile P] [--workers W]
             [--shrink-runs N] [--shrink-seconds T] [--table FILE.jsonl] [--missing] [--list]
        P: swarm, standard, sparse, disks, restless, mixed; mixed for bugs, swarm elsewhere if there is none.
        """;

    /// <summary>Runs the verb that the arguments name.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output)
    {
        try
        {
            Arguments arguments = new(args.Skip(1));
            return args.FirstOrDefault() switch
            {
                "run" => RunSeeds(arguments, output),
                "replay" => Replay(arguments, output),
                "shrink" => Shrink(arguments, output),
                "determinism" => Determinism(arguments, output),
                "seeds" => Seeds(arguments, output),
                "check" => Check(arguments, output),
                "find" => BugVerbs.Find(arguments, output),
                "bugs" => BugVerbs.Hunt(arguments, output),
                _ => throw new FormatException(Usage),
            };
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(error.Message);
            return Undecided;
        }
    }

    private static int RunSeeds(Arguments arguments, TextWriter output)
    {
        arguments.Expect("seeds", "minutes", "from", "profile", "workers", "ledger", "failures", "shrink-runs");
        Profile profile = Profile.Named(arguments.Text("profile"));
        ulong from = arguments.Seed("from");
        string? ledger = arguments.Text("ledger");

        // A long campaign may see other commits before it ends.
        SourceState? sources = ledger is null
            ? null : SourceState.Of(SourceCopy.FindRepository(Directory.GetCurrentDirectory()));
        Campaign campaign = new(profile, output);
        campaign.Run(
            from,
            arguments.Number("seeds", 100, most: long.MaxValue),
            TimeSpan.FromMinutes(arguments.Number("minutes", 24 * 60)),
            (int)arguments.Number("workers", Environment.ProcessorCount));
        Summarize(campaign, output);
        if (ledger is not null && sources is not null)
        {
            Ledger.Append(ledger, profile, from, campaign, sources);
        }

        int shrinkRuns = (int)arguments.Number("shrink-runs", 500, least: 0);
        foreach (SimulationResult failed in campaign.WaysToFail.Values.Take(shrinkRuns > 0 ? ShrunkMax : 0))
        {
            string plan = FailureReport.PathOf(
                arguments.Text("failures") ?? FailureReport.DefaultDirectory, failed.Config.Seed);
            new FailureReport(plan, FailureReport.PageOf(plan), shrinkRuns, TimeSpan.FromMinutes(2))
                .Shrink(failed, output);
        }

        return campaign.Totals.Failures.Count > 0 ? Invalid
            : campaign.Totals.Unknown.Count == campaign.Totals.Runs ? Undecided
            : Valid;
    }

    private static int Replay(Arguments arguments, TextWriter output)
    {
        arguments.Expect("seed", "profile", "plan", "nodes", "clients", "operations", "quiet", "history",
            "page");
        SimulationCase run = CaseOf(arguments);
        RunRecording? recording = arguments.Text("page") is null ? null : new RunRecording();
        SimulationResult result = SimulationRun.Execute(
            run, arguments.Has("quiet") ? null : output.WriteLine, recording);
        output.WriteLine(run.Config);
        foreach (string line in run.Plan.ToLines())
        {
            output.WriteLine(line);
        }

        if (arguments.Text("history") is { } history)
        {
            WriteHistory(history, result);
        }

        if (recording is not null)
        {
            FailureReport.WritePage(arguments.Text("page")!, result, recording,
                $"{Profile.Tool} replay{arguments.Without("page", "quiet", "history")}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"hash {result.Hash:x16}, {result.Events} events, {result.Nanoseconds / 1e9:0.000} s, "
            + $"{result.Elections} elections, {result.Operations.Count} operations"));
        output.WriteLine(result.Verdict);
        return ExitCode(result.Verdict);
    }

    private static int Shrink(Arguments arguments, TextWriter output)
    {
        arguments.Expect("seed", "profile", "plan", "nodes", "clients", "operations", "out", "page", "runs", "minutes",
            "seconds", "quiet");
        SimulationCase run = CaseOf(arguments);
        SimulationResult failed = SimulationRun.Execute(run);
        if (failed.Violation is null)
        {
            output.WriteLine(failed.Verdict);
            output.WriteLine("The run does not fail: there is nothing to shrink.");
            return Undecided;
        }

        string plan = arguments.Text("out")
            ?? FailureReport.PathOf(FailureReport.DefaultDirectory, run.Config.Seed);
        FailureReport report = new(
            plan,
            arguments.Text("page") ?? FailureReport.PageOf(plan),
            (int)arguments.Number("runs", 6_000),
            TimeSpan.FromSeconds(arguments.Number("seconds", 60 * arguments.Number("minutes", 10))));
        report.Shrink(failed, output, arguments.Has("quiet") ? null : output.WriteLine);
        return Invalid;
    }

    private static SimulationCase CaseOf(Arguments arguments)
    {
        Profile profile = Profile.Named(arguments.Text("profile"));
        SimulationConfig drawn = profile.Draw(arguments.Seed("seed"));
        SimulationCase run = arguments.Text("plan") is { } file
            ? SimulationCase.Parse(File.ReadLines(file), drawn)
            : new SimulationCase(drawn, FaultPlanner.Draw(drawn));
        int nodes = (int)arguments.Number("nodes", run.Config.Nodes, most: NodesMax);
        SimulationConfig config = run.Config with
        {
            Nodes = nodes,
            Clients = (int)arguments.Number("clients", run.Config.Clients),
            OperationsMax = arguments.Number("operations", run.Config.OperationsMax, least: 0, most: long.MaxValue),
        };
        if (config.Nodes is < 1 or > NodesMax || config.Clients < 1 || config.Groups < 1)
        {
            throw new FormatException($"A run has 1 to {NodesMax} nodes, and a client and a group at least.");
        }

        FaultPlan plan = nodes < run.Config.Nodes
            ? NodeMapping.Keep(run.Plan, [.. Enumerable.Range(1, nodes)]) : run.Plan;
        return new SimulationCase(config, plan, run.Calls);
    }

    private static int Determinism(Arguments arguments, TextWriter output)
    {
        arguments.Expect("seeds", "from", "profile", "workers", "once", "write", "compare");
        DoubleRuns runs = new(Profile.Named(arguments.Text("profile")), output);
        long seeds = arguments.Number("seeds", 100);
        bool isOnce = arguments.Has("once");
        if (isOnce && !arguments.Has("write") && !arguments.Has("compare"))
        {
            throw new FormatException("What runs once is compared with nothing: --once needs --write or --compare.");
        }

        int differences = runs.Run(
            arguments.Seed("from"), seeds, (int)arguments.Number("workers", Environment.ProcessorCount),
            isOnce);
        output.WriteLine($"{seeds} seeds ran {(isOnce ? "once" : $"twice, {differences} differ")}; the hash over all "
            + $"is {runs.Joined:x16}");
        if (arguments.Text("write") is { } written)
        {
            runs.Write(written);
        }

        if (arguments.Text("compare") is { } other)
        {
            int foreign = runs.Compare(other);
            output.WriteLine($"{foreign} of {seeds} seeds ran another way than in {other}");
            differences += foreign;
        }

        return differences > 0 ? Invalid : Valid;
    }

    private static int Seeds(Arguments arguments, TextWriter output)
    {
        string file = arguments.ExpectFile("seeds");
        int failures = 0;
        int runs = 0;
        foreach ((Profile profile, ulong seed) in FailedSeeds.Read(file))
        {
            runs++;
            SimulationResult result = profile.Run(seed);
            output.WriteLine($"{profile.Name} {seed}: {result.Verdict.Validity}");
            failures += result.Verdict.Validity == Validity.Invalid ? 1 : 0;
        }

        output.WriteLine($"{failures} of {runs} seeds failed.");
        return failures > 0 ? Invalid : runs == 0 ? Undecided : Valid;
    }

    private static int Check(Arguments arguments, TextWriter output)
    {
        string file = arguments.ExpectFile("check", "model", "initial", "consistency");
        return new HistoryChecks().CheckFile(
            file,
            arguments.Text("model") ?? throw new FormatException("check needs --model."),
            arguments.Text("initial"),
            arguments.Text("consistency"),
            output);
    }

    private static void WriteHistory(string path, SimulationResult result)
    {
        using FileStream stream = File.Create(path);
        using Testing.Histories.HistoryWriter writer = new(stream);
        foreach (Testing.Histories.HistoryEvent line in HistoryForms.Events(result.Operations, _ => true))
        {
            writer.Write(line);
        }
    }

    private static void Summarize(Campaign campaign, TextWriter output)
    {
        CampaignTotals totals = campaign.Totals;
        double perCore = totals.SimulatedSeconds / campaign.ProcessorTime.TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{totals.Runs} runs ({totals.FullRuns} full), {totals.Failures.Count} failed, "
            + $"{totals.Unknown.Count} unknown, "
            + $"{totals.SimulatedSeconds / 3600:0.0} cluster-hours in {campaign.Elapsed.TotalSeconds:0.0} s and "
            + $"{campaign.ProcessorTime.TotalSeconds:0.0} s of processor time ({perCore:0} times real time per core), "
            + $"{totals.Events} events, {totals.Succeeded} of {totals.Operations} operations succeeded, median "
            + $"{totals.MedianElections} elections and {totals.MedianRestarts} restarts"));
        output.WriteLine("faults: " + string.Join(", ",
            totals.Effects.Select(effect => $"{effect.Kind} {effect.Count}")));
        output.WriteLine("probes: " + string.Join(", ",
            Enum.GetValues<Testing.Simulation.Probes.Probe>().Select(probe => $"{probe} {totals.Probes[probe]}")));
        output.WriteLine("not reached: " + string.Join(", ", totals.ProbesNotReached));
    }

    private static int ExitCode(Verdict verdict) => verdict.Validity switch
    {
        Validity.Valid => Valid,
        Validity.Invalid => Invalid,
        _ => Undecided,
    };
}
