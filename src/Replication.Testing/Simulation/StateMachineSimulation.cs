using System.Runtime.CompilerServices;
using Replication.StateMachines;
using Replication.Testing.Checkers;
using Replication.Testing.Simulation.Subjects;

namespace Replication.Testing.Simulation;

/// <summary>Runs whole clusters with a state machine of yours, in one thread and in virtual time, under faults, and
/// says whether anything went wrong.</summary>
/// <remarks>
/// The production code runs: consensus, write-ahead log, client sessions, snapshot files. Each entry must have the
/// same command and result on every replica, also after restarts from snapshots; each request id is executed once; all
/// replicas must end in the same state; what clients saw must satisfy
/// <see cref="StateMachineWorkload{TMachine}.Check"/>.
/// Callable from any thread, also several at once, as long as the workloads share nothing.
/// </remarks>
public static class StateMachineSimulation
{
    /// <summary>Runs one seed. The result depends on the arguments alone.</summary>
    /// <typeparam name="TMachine">The state machine.</typeparam>
    /// <param name="workload">Makes the workload of the run.</param>
    /// <param name="seed">Any number: the settings, the faults and the schedule follow from it.</param>
    /// <param name="options">Settings that are not to follow from the seed; null for none.</param>
    /// <param name="workloadCode">Left out: the source of <paramref name="workload"/>, for the line that
    /// replays.</param>
    /// <returns>The verdict and what it rests on. Most runs of a minute take a tenth of a second.</returns>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="FormatException">A line of <see cref="StateMachineSimulationOptions.Plan"/> is
    /// none.</exception>
    public static SimulationReport Run<TMachine>(
        Func<StateMachineWorkload<TMachine>> workload,
        ulong seed,
        StateMachineSimulationOptions? options = null,
        [CallerArgumentExpression(nameof(workload))] string workloadCode = "")
        where TMachine : IStateMachine
    {
        ArgumentNullException.ThrowIfNull(workload);
        options ??= new StateMachineSimulationOptions();
        RepeatableRun repeatable = new(
            (run, trace, recording) => SimulationRun.Execute(
                run, trace, recording, new StateMachineSubject<TMachine>(workload())),
            workloadCode);
        return repeatable.Report(options.CaseOf(seed), options);
    }

    /// <summary>Runs seeds one after the other up to the first that fails.</summary>
    /// <typeparam name="TMachine">The state machine.</typeparam>
    /// <param name="workload">Makes the workload of a run; called once for each.</param>
    /// <param name="from">The first seed.</param>
    /// <param name="count">How many seeds at most; at least 1.</param>
    /// <param name="options">Settings that are not to follow from the seed; null for none.</param>
    /// <param name="workloadCode">Left out: the source of <paramref name="workload"/>, for the line that
    /// replays.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="ArgumentException">An option, or the count, is out of its bounds.</exception>
    public static SimulationSearch Search<TMachine>(
        Func<StateMachineWorkload<TMachine>> workload,
        ulong from,
        int count,
        StateMachineSimulationOptions? options = null,
        [CallerArgumentExpression(nameof(workload))] string workloadCode = "")
        where TMachine : IStateMachine
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int unknown = 0;
        for (int i = 0; i < count; i++)
        {
            SimulationReport report = Run(workload, from + (ulong)i, options, workloadCode);
            if (report.Verdict.Validity == Validity.Invalid)
            {
                return new SimulationSearch(i + 1, unknown, report);
            }

            unknown += report.Verdict.Validity == Validity.Unknown ? 1 : 0;
        }

        return new SimulationSearch(count, unknown, null);
    }
}
