using Microsoft.Extensions.Logging;

namespace Replication.Grpc.Remote;

/// <summary>The nodes that a client knows, and which of them it believes to lead. Callable from any thread.</summary>
internal sealed class EndpointSet : IDisposable
{
    private const int EndpointsMax = 64;
    private static readonly TimeSpan AvoidedFor = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Endpoint> _endpoints = [];
    private readonly ReplicationClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Endpoint _preferred;
    private bool _isDisposed;

    public EndpointSet(ReplicationClientOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        foreach (Uri address in options.Endpoints)
        {
            if (Find(address) is null)
            {
                _endpoints.Add(new Endpoint(address, options, time, logger));
            }
        }

        _preferred = _endpoints[0];
    }

    /// <summary>Gets the node to ask now.</summary>
    public Endpoint Preferred => Volatile.Read(ref _preferred);

    /// <summary>Gets how many nodes are known.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _endpoints.Count;
            }
        }
    }

    /// <summary>A node named the leader: it is asked from now on, unless it was found unreachable just now.</summary>
    public void LeaderIs(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? leader)
            || !ReplicationClientOptionsValidation.IsUsable(leader, _options))
        {
            return;
        }

        lock (_lock)
        {
            Endpoint? endpoint = Find(leader);
            if (endpoint is null && _endpoints.Count < EndpointsMax && !_isDisposed)
            {
                endpoint = new Endpoint(leader, _options, _time, _logger);
                _endpoints.Add(endpoint);
            }

            if (endpoint is not null && !IsAvoided(endpoint))
            {
                Volatile.Write(ref _preferred, endpoint);
            }
        }
    }

    /// <summary>A node could not serve: another one is asked from now on, if it was this one's turn.</summary>
    /// <param name="failed">The node.</param>
    /// <param name="isUnreachable">Whether it should be left alone for a moment, also if it is named as the
    /// leader.</param>
    public void Failed(Endpoint failed, bool isUnreachable)
    {
        lock (_lock)
        {
            if (isUnreachable)
            {
                failed.AvoidedUntil = _time.GetTimestamp() + (long)(AvoidedFor.TotalSeconds * _time.TimestampFrequency);
            }

            if (_preferred != failed)
            {
                return;
            }

            int start = _endpoints.IndexOf(failed);
            Endpoint next = _endpoints[(start + 1) % _endpoints.Count];
            for (int i = 1; i < _endpoints.Count && IsAvoided(next); i++)
            {
                next = _endpoints[(start + 1 + i) % _endpoints.Count];
            }

            Volatile.Write(ref _preferred, next);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Endpoint endpoint in _endpoints)
            {
                endpoint.Dispose();
            }
        }
    }

    private Endpoint? Find(Uri address) =>
        _endpoints.Find(e => Uri.Compare(
            e.Address, address, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped,
                StringComparison.OrdinalIgnoreCase) == 0);

    private bool IsAvoided(Endpoint endpoint) => endpoint.AvoidedUntil > _time.GetTimestamp();
}
