using System.Diagnostics.CodeAnalysis;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Serving;

/// <summary>The methods that a server offers, by path. Filled before the server starts, only read afterwards.</summary>
internal sealed class ServiceTable
{
    private readonly Dictionary<string, ServerMethod> _methods = new(StringComparer.Ordinal);

    public ServiceTable Add<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryHandler<TRequest, TResponse> handler)
    {
        _methods.Add(method.FullName, new UnaryServerMethod<TRequest, TResponse>(method, handler));
        return this;
    }

    public ServiceTable Add<TRequest, TResponse>(
        Method<TRequest, TResponse> method, StreamHandler<TRequest, TResponse> handler)
    {
        _methods.Add(method.FullName, new StreamServerMethod<TRequest, TResponse>(method, handler));
        return this;
    }

    public bool TryFind(string path, [NotNullWhen(true)] out ServerMethod? method) =>
        _methods.TryGetValue(path, out method);
}
