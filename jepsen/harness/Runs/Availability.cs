using Harness.Nemeses;
using Replication.Testing.Histories;

namespace Harness.Runs;

/// <summary>What clients had of the cluster during and after a fault.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="LongestGap">The longest time without a successful operation while it lasted.</param>
/// <param name="Recovery">From its end to the first success of an operation that began after it; null if none
/// did.</param>
internal sealed record Availability(FaultRecord Fault, TimeSpan LongestGap, TimeSpan? Recovery)
{
    /// <summary>Measures all faults of a run.</summary>
    /// <param name="operations">What clients did, in the order of invocation.</param>
    /// <param name="faults">The faults.</param>
    public static IReadOnlyList<Availability> Of(
        IReadOnlyList<Operation> operations, IReadOnlyList<FaultRecord> faults)
    {
        List<(long Invoked, long Completed)> successes =
        [
            .. operations.Where(operation => operation.Outcome == HistoryEventType.Ok)
                .Select(operation => (operation.Invocation.Time ?? 0, operation.Completion!.Time ?? 0))
                .OrderBy(times => times.Item2),
        ];
        return
        [
            .. faults.Select(fault => new Availability(fault, Gap(successes, fault), RecoveryOf(successes, fault))),
        ];
    }

    private static TimeSpan Gap(List<(long Invoked, long Completed)> successes, FaultRecord fault)
    {
        long longest = 0;
        long last = fault.Begin;
        foreach ((_, long completed) in successes.Where(times => times.Completed > fault.Begin))
        {
            long until = Math.Min(completed, fault.End);
            longest = Math.Max(longest, until - last);
            last = until;
            if (completed >= fault.End)
            {
                break;
            }
        }

        return TimeSpan.FromMicroseconds(Math.Max(longest, fault.End - last) / 1e3);
    }

    private static TimeSpan? RecoveryOf(List<(long Invoked, long Completed)> successes, FaultRecord fault)
    {
        foreach ((long invoked, long completed) in successes)
        {
            if (invoked >= fault.End)
            {
                return TimeSpan.FromMicroseconds((completed - fault.End) / 1e3);
            }
        }

        return null;
    }
}
