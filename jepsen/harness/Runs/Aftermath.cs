using Harness.Drivers;
using Harness.Nemeses;
using Harness.Workloads;
using Replication.Testing.Checkers;

namespace Harness.Runs;

/// <summary>What became of a cluster when all was healed.</summary>
/// <param name="Recovery">Whether it came back.</param>
/// <param name="LastReads">Whether everything could be read once more.</param>
/// <param name="Nodes">Whether nodes did what they must under faults, and did not end otherwise.</param>
/// <param name="Answers">Whether clients understood all answers.</param>
internal sealed record Aftermath(Verdict Recovery, Verdict LastReads, Verdict Nodes, Verdict Answers)
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Waits for the recovery of a cluster that is healed, and reads everything.</summary>
    public static async Task<Aftermath> OfAsync(
        IClusterDriver driver, IWorkload workload, Load load, NemesisLoop nemesis)
    {
        Verdict recovery = await RecoveryAsync(driver, nemesis).ConfigureAwait(false);
        Verdict lastReads = recovery.Validity == Validity.Valid
            ? await ReadAllAsync(workload, load.Reader).ConfigureAwait(false)
            : Verdict.Unknown("Nothing was read: the cluster had not come back.");
        string[] objections = [.. nemesis.Objections, .. await driver.CrashesAsync().ConfigureAwait(false)];
        return new Aftermath(
            recovery, lastReads,
            objections.Length > 0 ? Verdict.Invalid(string.Join('\n', objections))
                : Verdict.Valid("No node did what it must not do, or ended by itself without a reason."),
            load.Misunderstood is { } what ? Verdict.Invalid($"An answer that can't be: {what}")
                : Verdict.Valid("All answers were understood."));
    }

    private static async Task<Verdict> RecoveryAsync(IClusterDriver driver, NemesisLoop nemesis) =>
        nemesis.Refusal is not null ? Verdict.Invalid($"A node did not start again: {nemesis.Refusal}")
        : nemesis.Failure is not null ? Verdict.Unknown($"Faults could not be made or healed: {nemesis.Failure}")
        : !await ClusterView.SettlesAsync(driver, SettleTimeout).ConfigureAwait(false)
            ? Verdict.Invalid("The healed cluster has no leader that all nodes follow in time.")
        : !await ClusterView.CatchesUpAsync(driver, SettleTimeout).ConfigureAwait(false)
            ? Verdict.Invalid("A node of the healed cluster does not apply in time what the leader has committed.")
        : Verdict.Valid("The healed cluster has a leader that all nodes follow and keep up with.");

    // A read that does not succeed is made again with all others, as long as there is time.
    private static async Task<Verdict> ReadAllAsync(IWorkload workload, WorkloadClient reader)
    {
        using CancellationTokenSource limit = new(ReadTimeout);
        while (!limit.IsCancellationRequested)
        {
            long before = reader.Unsuccessful;
            await workload.ReadAllAsync(reader, limit.Token).ConfigureAwait(false);
            if (reader.Unsuccessful == before)
            {
                return Verdict.Valid("Everything was read once more.");
            }
        }

        return Verdict.Invalid(
            $"The healed cluster could not be read as a whole within {ReadTimeout.TotalMinutes} minutes.");
    }
}
