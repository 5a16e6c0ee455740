using KvProcesses.Clients;

namespace Harness.Drivers;

/// <summary>A cluster whose nodes can be started, stopped and broken. Calls on different nodes may overlap; those that
/// start or end one node may not.</summary>
internal interface IClusterDriver : IAsyncDisposable
{
    /// <summary>Gets the nodes, from 1.</summary>
    IReadOnlyList<int> Nodes { get; }

    /// <summary>Gets the faults of the network.</summary>
    INetworkFaults Network { get; }

    /// <summary>Gets what the nodes run.</summary>
    NodeProgram Program { get; }

    /// <summary>Gets the clocks of the nodes; null if they can't be set.</summary>
    NodeClocks? Clocks { get; }

    /// <summary>Gets the file systems of the nodes; null if they have none of their own.</summary>
    NodeDisks? Disks { get; }

    /// <summary>Gets where clients reach a node.</summary>
    Uri AddressOf(int node);

    /// <summary>Gets where clients reach a node over HTTP; of no use if the program doesn't serve it.</summary>
    Uri HttpAddressOf(int node);

    /// <summary>Gets the file with what a node printed.</summary>
    string LogOf(int node);

    /// <summary>Gets the directory with a node's data.</summary>
    string DataOf(int node);

    /// <summary>Makes everything ready; no node runs yet.</summary>
    Task SetUpAsync();

    /// <summary>Starts a node and waits until it serves.</summary>
    Task StartAsync(int node);

    /// <summary>Asks a node to stop, and waits; one that does not is killed.</summary>
    /// <returns>Its exit code.</returns>
    Task<int> StopAsync(int node);

    /// <summary>Ends a node at once (SIGKILL).</summary>
    /// <returns>Whether it ran until then.</returns>
    Task<bool> KillAsync(int node);

    /// <summary>Stops a node in its tracks (SIGSTOP).</summary>
    /// <returns>Whether it ran.</returns>
    bool Pause(int node);

    /// <summary>Lets a paused node go on.</summary>
    void Resume(int node);

    /// <summary>Deletes the data of a node that does not run, and makes its directory anew.</summary>
    Task WipeAsync(int node);

    /// <summary>Gets whether the node's process runs, paused or not.</summary>
    bool IsRunning(int node);

    /// <summary>Gets the process of a node that runs on this machine.</summary>
    int ProcessIdOf(int node);

    /// <summary>Waits until a node has ended, by itself or not.</summary>
    /// <returns>Its exit code; null if it still runs.</returns>
    Task<int?> ExitCodeAsync(int node, TimeSpan patience);

    /// <summary>Says whether a node may end by itself now, because its disk fails.</summary>
    void MayFail(int node, bool mayFail);

    /// <summary>Gets the ends of nodes that nobody asked for and no fault explains, in words.</summary>
    Task<IReadOnlyList<string>> CrashesAsync();

    /// <summary>Asks a node what it is, past all faults of the network.</summary>
    /// <returns>Null if it doesn't answer.</returns>
    Task<NodeView?> HealthAsync(int node);

    /// <summary>Asks a node for the time, past all faults of the network.</summary>
    /// <returns>Null if it doesn't answer, or its clock can't be set.</returns>
    Task<DateTimeOffset?> ClockAsync(int node);
}
