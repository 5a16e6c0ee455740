using System.Globalization;
using KvProcesses.Verification;

namespace Harness.Kill;

/// <summary>What one round of the kill test came to.</summary>
internal sealed record KillRound
{
    public required int Number { get; init; }

    /// <summary>Gets how long after the first acknowledged write the kill came.</summary>
    public required TimeSpan Moment { get; init; }

    /// <summary>Gets how many writes of this round were acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Gets how many writes were under way at the kill.</summary>
    public required long InFlight { get; init; }

    /// <summary>Gets how long before the kill the last write was acknowledged.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Gets what reading back came to, over all rounds so far.</summary>
    public required VerificationReport Report { get; init; }

    /// <summary>Gets what each replica holds.</summary>
    public required IReadOnlyList<ReplicaContent> Replicas { get; init; }

    /// <summary>Gets how many linearizable reads under load answered below an acknowledged write.</summary>
    public required long StaleReads { get; init; }

    /// <summary>Gets everything that is wrong with the round; empty if it is good.</summary>
    public IReadOnlyList<string> Faults(int minimumAcknowledged)
    {
        List<string> faults = [];
        Check(Acknowledged >= minimumAcknowledged,
            $"only {Acknowledged} acknowledged writes: the round proves nothing");
        Check(InFlight > 0, "no write was under way at the kill: it hit an idle cluster");
        Check(Idle < TimeSpan.FromSeconds(2), $"the last acknowledged write was {Idle.TotalMilliseconds:f0} ms before "
            + $"the kill: it hit a cluster without progress");
        Check(Report.Lost == 0, $"{Report.Lost} keys lost: {string.Join(", ", Report.Findings)}");
        Check(Report.Unread == 0, $"{Report.Unread} keys unread");
        Check(Report.WritesCovered == Report.Acknowledged,
            $"{Report.Acknowledged - Report.WritesCovered} acknowledged writes not covered");
        Check(StaleReads == 0, $"{StaleReads} stale reads");
        Check(Replicas.Select(r => r.Applied).Distinct().Count() == 1,
            $"applied index differs: {Join(r => r.Applied.ToString(CultureInfo.InvariantCulture))}");
        Check(Replicas.Select(r => r.Hash).Distinct().Count() == 1, $"content differs: {Join(r => r.Hash)}");
        Check(Replicas.Select(r => r.Keys).Distinct().Count() == 1,
            $"number of keys differs: {Join(r => r.Keys.ToString(CultureInfo.InvariantCulture))}");
        return faults;

        void Check(bool good, string fault)
        {
            if (!good)
            {
                faults.Add(fault);
            }
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"round {Number}: kill after {Moment.TotalMilliseconds:f0} ms, {Acknowledged} acknowledged, {InFlight} under "
            + $"way, "
        + $"lost {Report.Lost}, applied {Replicas[0].Applied}, content {Replicas[0].Hash[..8]}");

    private string Join(Func<ReplicaContent, string> part) =>
        string.Join(", ", Replicas.Select(r => $"node {r.NodeId}: {part(r)}"));
}
