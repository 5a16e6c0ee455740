namespace Replication.Testing.Simulation.Randomness;

/// <summary>What a stream of random numbers is for. Each purpose has streams of its own, so that drawing more or fewer
/// numbers for one does not change what another one gets. Numbers are never given to another purpose.</summary>
internal enum RandomPurpose
{
    /// <summary>The order of events.</summary>
    Schedule = 1,

    /// <summary>One directed link of the network.</summary>
    Link = 2,

    /// <summary>The disk of a node.</summary>
    Disk = 3,

    /// <summary>The clocks of a node.</summary>
    Clock = 4,

    /// <summary>What one client does, and when.</summary>
    Client = 5,

    /// <summary>The plan of faults.</summary>
    Plan = 6,

    /// <summary>The settings of a run.</summary>
    Knobs = 7,

    /// <summary>The elections of a node's core.</summary>
    Core = 8,

    /// <summary>How long a node's threads take.</summary>
    Processor = 9,

    /// <summary>One fault of the plan, while it is executed.</summary>
    Fault = 10,

    /// <summary>One operation: the nodes that it is sent to, and how long it is on its way.</summary>
    Call = 11,

    /// <summary>The sessions that one client opens.</summary>
    Session = 12,

    /// <summary>What one operation on a user's state machine is.</summary>
    Operation = 13,

    /// <summary>How many groups a run has.</summary>
    Groups = 14,

    /// <summary>The settings of small runs that are drawn while a failing one is made smaller.</summary>
    SmallDraw = 15,
}
