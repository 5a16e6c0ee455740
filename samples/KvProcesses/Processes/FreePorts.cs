using System.Net;
using System.Net.Sockets;

namespace KvProcesses.Processes;

/// <summary>Finds ports for nodes that must know each other's addresses before they start.</summary>
/// <remarks>
/// They lie below the range from which the system takes the ports of outgoing connections, so that a killed node's port
/// is
/// still free when it comes back.
/// </remarks>
public static class FreePorts
{
    private const int Lowest = 15_000;
    private const int Highest = 32_000;
    private static readonly HashSet<int> HandedOut = [];

    /// <summary>Takes ports that nobody listens on and that this process didn't take before.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The ports.</returns>
    public static IReadOnlyList<int> Take(int count)
    {
        List<int> ports = [];
        lock (HandedOut)
        {
            for (int attempt = 0; ports.Count < count && attempt < 10_000; attempt++)
            {
                int port = Random.Shared.Next(Lowest, Highest);
                if (!HandedOut.Contains(port) && IsFree(port))
                {
                    HandedOut.Add(port);
                    ports.Add(port);
                }
            }
        }

        return ports.Count == count
            ? ports
            : throw new InvalidOperationException($"No {count} free ports between {Lowest} and {Highest}.");
    }

    private static bool IsFree(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
