using System.Runtime.InteropServices;
using Harness;
using Harness.Bugs;
using Harness.Campaigns;
using Harness.Kill;
using Harness.Runs;
using KvNode;
using KvProcesses.Processes;

string usage = string.Join('\n',
    TestOptions.Usage, KillOptions.Usage, CheckVerb.Usage, CampaignVerb.Usage, ExportVerb.Usage, BugVerb.Usage);
try
{
    switch (args.FirstOrDefault())
    {
        case "test":
            return await StoppableAsync(stop => TestVerb.RunAsync(args[1..], stop));
        case "kill":
            return await KillVerb.RunAsync(args[1..]);
        case "campaign":
            return await StoppableAsync(stop => CampaignVerb.RunAsync(args[1..], stop));
        case "bugs":
            return await StoppableAsync(stop => BugVerb.RunAsync(args[1..], stop));
        case "export":
            return ExportVerb.Run(args[1..]);
        case "check":
            return CheckVerb.Run(args[1..]);
        default:
            Console.WriteLine(usage);
            return args is ["--help"] or ["-h"] ? 0 : 2;
    }
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{usage}");
    return 2;
}
catch (Exception e) when (e is NodeStartException or InvalidOperationException or TimeoutException)
{
    await Console.Error.WriteLineAsync($"The cluster could not be run: {e.Message}");
    return 3;
}

// What a run has made, networks above all, does not go with the process.
static async Task<int> StoppableAsync(Func<CancellationToken, Task<int>> run)
{
    using StopSignals signals = new();

    // A second one would end the process before everything is gone.
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(
        PosixSignal.SIGINT, again => again.Cancel = true);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(
        PosixSignal.SIGTERM, again => again.Cancel = true);
    try
    {
        return await run(signals.Requested);
    }
    catch (OperationCanceledException) when (signals.Requested.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync($"{signals.Name}: the cluster is taken away, the run is not judged.");
        return 3;
    }
}
