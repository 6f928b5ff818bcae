package olympus.server.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import olympus.foundation.ErrorCode;
import org.apache.catalina.core.StandardHost;
import org.apache.tomcat.websocket.server.WsSci;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that the HTTP API consists of, top to bottom: connector, filters in their order, security,
 * controllers. Nothing is found by scanning or configured by what lies on the class path.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebMvc
@EnableWebSecurity
class HttpConfiguration implements WebMvcConfigurer {

    static final String SSL_BUNDLE = "https";

    /** Connections at a time; more wait in the kernel's backlog. */
    private static final int MAX_CONNECTIONS = 512;

    /** A client that sends or takes nothing for this long in mid-request is cut off. */
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(20);

    /**
     * Longer than the JDK's client keeps a connection (30 s), by which other servers send requests
     * on: it must not send one on a connection that is being closed here.
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(45);

    private static final int MAX_HEADER_BYTES = 16 << 10;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    // -- connector ---------------------------------------------------------------------------

    @Bean
    TomcatServletWebServerFactory webServer(HttpSettings settings, SslBundles bundles) {
        var factory = new TomcatServletWebServerFactory(settings.listen().getPort());
        factory.setAddress(settings.listen().getAddress());
        factory.setBaseDirectory(settings.workFolder().toFile());
        factory.setSsl(Ssl.forBundle(SSL_BUNDLE));
        factory.setSslBundles(bundles);
        factory.setRegisterDefaultServlet(false);
        factory.addErrorPages(new ErrorPage(olympus.server.http.ErrorPage.PATH));
        factory.addContextCustomizers(context -> {
            context.addServletContainerInitializer(new WsSci(), Set.of());
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemValve.class.getName());
            }
        });
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("maxConnections", Integer.toString(MAX_CONNECTIONS));
            connector.setProperty(
                    "connectionTimeout", Long.toString(CONNECTION_TIMEOUT.toMillis()));
            connector.setProperty("keepAliveTimeout", Long.toString(KEEP_ALIVE.toMillis()));
            connector.setProperty("maxHttpHeaderSize", Integer.toString(MAX_HEADER_BYTES));
            connector.setXpoweredBy(false);
        });
        factory.addProtocolHandlerCustomizers(
                handler -> handler.setExecutor(Executors.newVirtualThreadPerTaskExecutor()));
        return factory;
    }

    @Bean
    ServletRegistrationBean<DispatcherServlet> dispatcher(WebApplicationContext context) {
        var registration = new ServletRegistrationBean<>(new DispatcherServlet(context), "/");
        registration.setName("api");
        registration.setLoadOnStartup(1);
        return registration;
    }

    @Bean
    ServletRegistrationBean<ExecServlet> execSockets(ExecSessions sessions) {
        var registration =
                new ServletRegistrationBean<>(new ExecServlet(sessions), ExecServlet.PATH + "*");
        registration.setName("exec");
        return registration;
    }

    // -- filters, in their order -------------------------------------------------------------

    @Bean
    FilterRegistrationBean<RequestMetrics> requestMetrics(PrometheusMeterRegistry registry) {
        return filter(new RequestMetrics(registry), 1);
    }

    @Bean
    FilterRegistrationBean<AuditTrail> auditTrail(Backend backend) {
        return filter(new AuditTrail(backend.audit(), backend.clock()), 2);
    }

    @Bean
    FilterRegistrationBean<BodyLimit> bodyLimit(HttpSettings settings) {
        return filter(new BodyLimit(settings.maxBodyBytes()), 3);
    }

    @Bean
    DelegatingFilterProxyRegistrationBean security() {
        var registration = new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
        registration.setOrder(4);
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
        return registration;
    }

    @Bean
    FilterRegistrationBean<LeaderForwarding> leaderForwarding(
            Backend backend,
            HttpSettings settings,
            LeaderClient leader,
            PrometheusMeterRegistry registry) {
        return filter(new LeaderForwarding(backend, leader, registry, settings.maxBodyBytes()), 5);
    }

    private static <F extends Filter> FilterRegistrationBean<F> filter(F filter, int order) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(order);
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
        return registration;
    }

    // -- security ----------------------------------------------------------------------------

    @Bean
    SecurityFilterChain securityChain(HttpSecurity http, Backend backend, FailedLogins failures) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .addFilterBefore(
                        new BearerTokens(backend.outside().tokens()::holderOf, failures),
                        AuthorizationFilter.class)
                .authorizeHttpRequests(requests ->
                        requests.requestMatchers(
                                        "/healthz",
                                        "/readyz",
                                        Api.V1 + "/openapi.json",
                                        ServersController.JOIN,
                                        EnrolmentsController.ENROL)
                                .permitAll()
                                .anyRequest()
                                .authenticated())
                .exceptionHandling(refusals ->
                        refusals.authenticationEntryPoint((request, response, _) ->
                                        Problem.of(
                                                        ErrorCode.UNAUTHENTICATED,
                                                        "%s %s needs the header \"Authorization: Bearer TOKEN\""
                                                                .formatted(
                                                                        request.getMethod(),
                                                                        request.getRequestURI()),
                                                        Map.of(
                                                                "WWW-Authenticate",
                                                                BearerTokens.CHALLENGE))
                                                .write(response))
                                .accessDeniedHandler((request, response, _) ->
                                        Problem.of(
                                                        ErrorCode.FORBIDDEN,
                                                        "%s %s is not allowed with this token"
                                                                .formatted(
                                                                        request.getMethod(),
                                                                        request.getRequestURI()))
                                                .write(response)))
                .build();
    }

    /** Behind the filters, where it is known which operation a request is for. */
    @Bean
    WebMvcConfigurer roles(Backend backend, Refusals refusals) {
        var check = new RoleCheck(backend.outside().tokens()::including, refusals);
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(check);
            }
        };
    }

    @Bean(destroyMethod = "close")
    Refusals refusals(Backend backend) {
        return new Refusals(backend.audit(), backend.clock());
    }

    // -- bodies ------------------------------------------------------------------------------

    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
        converters.disableDefaults();
        converters.addCustomConverter(new ByteArrayHttpMessageConverter());
        converters.addCustomConverter(
                new StringHttpMessageConverter(java.nio.charset.StandardCharsets.UTF_8));
        converters.addCustomConverter(new JacksonJsonHttpMessageConverter(JSON));
    }

    // -- controllers -------------------------------------------------------------------------

    @Bean
    ServicesController services(Backend backend) {
        return new ServicesController(backend);
    }

    @Bean
    RolloutsController rollouts(Backend backend) {
        return new RolloutsController(backend);
    }

    @Bean
    LogsController logs(Backend backend, EventStreams streams) {
        return new LogsController(backend, streams);
    }

    @Bean
    ExecController exec(Backend backend, ExecSessions sessions) {
        return new ExecController(backend, sessions);
    }

    @Bean
    FleetController fleet(Backend backend, EventStreams streams) {
        return new FleetController(backend, streams);
    }

    @Bean
    VolumesController volumes(Backend backend) {
        return new VolumesController(backend);
    }

    @Bean
    StatsController stats(Backend backend) {
        return new StatsController(backend);
    }

    @Bean
    CatalogueController catalogue(Backend backend) {
        return new CatalogueController(backend);
    }

    @Bean
    StacksController stacks(Backend backend) {
        return new StacksController(backend);
    }

    @Bean
    SecretsController secrets(Backend backend) {
        return new SecretsController(backend);
    }

    @Bean
    NodesController nodes(Backend backend) {
        return new NodesController(backend);
    }

    @Bean
    ForesightController foresight(Backend backend) {
        return new ForesightController(backend);
    }

    @Bean(destroyMethod = "close")
    DiscoveryController discovery(Backend backend, EventStreams streams) {
        return new DiscoveryController(backend, streams);
    }

    @Bean
    RecordsController records(Backend backend, EventStreams streams, StreamSignal signal) {
        return new RecordsController(backend, streams, signal);
    }

    @Bean
    PendingController pending(Backend backend) {
        return new PendingController(backend);
    }

    @Bean
    DifferencesController differences(Backend backend) {
        return new DifferencesController(backend);
    }

    @Bean
    ImagesController images(Backend backend) {
        return new ImagesController(backend);
    }

    @Bean
    NodeOrdersController nodeOrders(Backend backend) {
        return new NodeOrdersController(backend);
    }

    @Bean
    ExternalNodesController externalNodes(Backend backend) {
        return new ExternalNodesController(backend);
    }

    @Bean
    PausesController pauses(Backend backend) {
        return new PausesController(backend);
    }

    @Bean
    StatusController status(Backend backend, PrometheusMeterRegistry metrics) {
        return new StatusController(backend, metrics);
    }

    @Bean
    SnapshotController snapshot(Backend backend, HttpSettings settings) {
        return new SnapshotController(backend, settings);
    }

    @Bean
    olympus.server.http.ErrorPage errorPage() {
        return new olympus.server.http.ErrorPage();
    }

    @Bean
    ProblemAdvice problems() {
        return new ProblemAdvice();
    }

    @Bean
    ServersController servers(Backend backend, BroughtTokens brought) {
        return new ServersController(backend, brought);
    }

    @Bean
    TokensController tokens(Backend backend) {
        return new TokensController(backend);
    }

    @Bean
    EnrolmentsController enrolments(Backend backend, BroughtTokens brought) {
        return new EnrolmentsController(backend, brought);
    }

    // -- what they share ---------------------------------------------------------------------

    @Bean
    BroughtTokens broughtTokens(FailedLogins failures, Backend backend) {
        return new BroughtTokens(failures, backend.clock());
    }

    @Bean
    FailedLogins failedLogins(Backend backend, HttpSettings settings) {
        return new FailedLogins(backend.clock(), settings.failedLoginsPerMinute());
    }

    @Bean(destroyMethod = "close")
    EventStreams eventStreams() {
        return new EventStreams(JSON);
    }

    @Bean(destroyMethod = "close")
    LeaderClient leaderClient(Backend backend) {
        return new LeaderClient(backend.outside().self().name(), backend.others().trust());
    }

    @Bean(destroyMethod = "close")
    ExecSessions execSessions() {
        return new ExecSessions();
    }

    @Bean(destroyMethod = "close")
    StreamSignal decisionSignal(Backend backend) {
        return new StreamSignal(backend.hermes(), RecordsController.DECISIONS);
    }

    @Bean
    PrometheusMeterRegistry metrics(Backend backend) {
        return Metrics.registry(backend);
    }
}
