using System.Net.Sockets;

namespace Replication.Grpc.Peers;

/// <summary>How the accepting side notices that a dialler is gone: by the system's own probes, since the dialler is the
/// one who asks.</summary>
internal static class PeerKeepAlive
{
    // TCP_USER_TIMEOUT of Linux, tcp(7): the framework has no name for it.
    private const int TcpLevel = 6;
    private const int UserTimeout = 18;

    /// <summary>Has a connection closed that is silent for an interval and then answers no probe within the time-out,
    /// or acknowledges nothing of what was sent for both together.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="interval">From 1 s.</param>
    /// <param name="timeout">From 1 s.</param>
    public static void Set(Socket socket, TimeSpan interval, TimeSpan timeout)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)interval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        socket.SetSocketOption(
            SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, (int)timeout.TotalSeconds);
        if (OperatingSystem.IsLinux())
        {
            // Probes are only sent while nothing is under way; without this unacknowledged bytes keep it for minutes.
            socket.SetRawSocketOption(
                TcpLevel, UserTimeout, BitConverter.GetBytes((int)(interval + timeout).TotalMilliseconds));
        }
    }
}
