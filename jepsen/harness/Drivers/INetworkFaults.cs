namespace Harness.Drivers;

/// <summary>What can be done to the ways between nodes, and between clients and nodes. Each way has a direction.
/// Callable from any thread.</summary>
internal interface INetworkFaults
{
    /// <summary>The end that stands for all clients; nodes begin at 1.</summary>
    const int Clients = 0;

    /// <summary>Gets how much was held up by faults so far, in pieces of data: what shows that a fault had an
    /// effect.</summary>
    long Held { get; }

    /// <summary>Nothing passes from one end to another until <see cref="Heal"/>; cuts of the same way add up.</summary>
    void Cut(int from, int to);

    /// <summary>Takes a cut back.</summary>
    void Heal(int from, int to);

    /// <summary>Everything takes so much longer; zero ends it.</summary>
    void Delay(int from, int to, TimeSpan delay);

    /// <summary>So many of a hundred packets are lost; 0 ends it.</summary>
    void Lose(int from, int to, int percent);

    /// <summary>Resets the connections that one end has dialled to a node.</summary>
    /// <returns>How many there were.</returns>
    int Break(int from, int to);

    /// <summary>Takes a node off the network, as if its cable were pulled, until <see cref="Plug"/>.</summary>
    void Unplug(int node);

    /// <summary>Puts a node back on the network.</summary>
    void Plug(int node);
}
