using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Replication.Grpc.Peers;
using Replication.Storage.Identity;

namespace Replication.Grpc.Tests.Peers;

/// <summary>What a node dials, byte by byte: takes its two connections and then does as the test says.</summary>
internal sealed class RawListener : IDisposable
{
    private readonly TcpListener _listener;
    private readonly MemoryJudge _judge;

    public RawListener(ClusterMember self)
    {
        _judge = new MemoryJudge(self.NodeId.Value);
        _listener = new TcpListener(IPAddress.Loopback, self.Address.Port);
        _listener.Start();
    }

    /// <summary>Takes the next connection and reads its preface and hello.</summary>
    public async Task<(TcpClient Dialler, PeerStream Stream)> AcceptAsync()
    {
        TcpClient dialler = await _listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(30));
        byte[] preface = new byte[PeerProtocol.Preface.Length];
        await dialler.GetStream().ReadExactlyAsync(preface);
        Assert.True(PeerProtocol.Preface.SequenceEqual(preface));
        (_, PeerStream stream) =
            PeerProtocol.Read(new ReadOnlySequence<byte>(await RawPeer.ReadFrameAsync(dialler.GetStream())));
        return (dialler, stream);
    }

    public async Task AnswerAsync(TcpClient dialler, PeerStream stream) =>
        await dialler.GetStream().WriteAsync(PeerProtocol.Frame(PeerProtocol.Write(_judge.Hello, stream)));

    /// <summary>Takes both connections and answers both hellos.</summary>
    public async Task<(TcpClient Control, TcpClient Bulk)> AcceptBothAsync()
    {
        (TcpClient control, PeerStream first) = await AcceptAsync();
        await AnswerAsync(control, first);
        (TcpClient bulk, PeerStream second) = await AcceptAsync();
        await AnswerAsync(bulk, second);
        Assert.Equal((PeerStream.Control, PeerStream.Bulk), (first, second));
        return (control, bulk);
    }

    public void Dispose() => _listener.Dispose();
}
