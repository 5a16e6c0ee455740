using Harness.Drivers;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>What clients do, and by which model it is judged. Callable from many clients at once.</summary>
internal interface IWorkload
{
    /// <summary>Gets the model of the checker.</summary>
    string Model { get; }

    /// <summary>Gets what the checker asks of the model; null for the strongest.</summary>
    string? Consistency => null;

    /// <summary>Gets what the nodes must run.</summary>
    NodeProgram Program => NodeProgram.KeyValue;

    /// <summary>Makes one operation and takes it down.</summary>
    /// <param name="client">Who.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    Task StepAsync(WorkloadClient client, CancellationToken cancellationToken);

    /// <summary>Reads everything once more that the run has touched last.</summary>
    /// <param name="client">Who.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken);

    /// <summary>Gets what an operation uses.</summary>
    IEnumerable<Access> AccessesOf(Operation operation) => [new Access(operation.Key, operation.F == "read")];

    /// <summary>Judges a history.</summary>
    Verdict Check(History history) => new HistoryChecks().Check(
        history, Model, new HistoryCheckOptions { Consistency = Consistency });
}
