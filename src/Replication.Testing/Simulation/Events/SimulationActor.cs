namespace Replication.Testing.Simulation.Events;

/// <summary>Something that events happen to: a node, the network, a client, the injector of faults.</summary>
internal abstract class SimulationActor
{
    /// <summary>Gets the node whose processor runs the events of this actor; 0 if none does.</summary>
    public virtual int Node => 0;

    /// <summary>Gets the number that tells this actor from others in the state hash.</summary>
    public int Number { get; init; }

    /// <summary>Handles an event whose time has come.</summary>
    public abstract void Handle(in SimulationEvent due);
}

/// <summary>Something that happens at a moment of simulated time.</summary>
/// <param name="Time">When, in nanoseconds since the start of the run.</param>
/// <param name="Tiebreak">The order among events of one moment.</param>
/// <param name="Sequence">The order among events of one moment and tiebreak: that of their creation.</param>
/// <param name="Actor">To whom.</param>
/// <param name="Kind">What; means something to the actor.</param>
/// <param name="Argument">A number for the actor.</param>
/// <param name="Payload">An object for the actor.</param>
internal readonly record struct SimulationEvent(
    long Time, ulong Tiebreak, long Sequence, SimulationActor Actor, int Kind, long Argument, object? Payload);
